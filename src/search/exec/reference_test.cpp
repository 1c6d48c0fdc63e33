// Every query against an evaluator that reads all documents and computes in double, on random small corpora.

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "search/search_fixture.h"

namespace selene::search {
namespace {

using Words = std::vector<std::string>;

/// Matching documents (by number) and their scores.
using Scores = std::map<int, double>;

/// Documents of words in one text field "t"; scores as the formulas say, without an index.
class Reference {
 public:
  explicit Reference(std::vector<Words> documents) : documents_(std::move(documents)) {
    int64_t total = 0;
    for (const Words& words : documents_) {
      total += static_cast<int64_t>(words.size());
      if (!words.empty()) ++num_with_field_;
    }
    average_length_ = num_with_field_ == 0 ? 1 : static_cast<double>(total) / num_with_field_;
  }

  Scores term(const std::string& word) const {
    return by_frequency([&](const Words& words) { return static_cast<double>(std::count(words.begin(), words.end(), word)); },
                        idf(word));
  }
  Scores phrase(const Words& phrase) const {
    double sum = 0;
    for (const std::string& word : phrase) sum += idf(word);
    return by_frequency(
        [&](const Words& words) {
          double count = 0;
          for (size_t i = 0; i + phrase.size() <= words.size(); ++i) {
            if (std::equal(phrase.begin(), phrase.end(), words.begin() + static_cast<std::ptrdiff_t>(i))) ++count;
          }
          return count;
        },
        sum);
  }
  static Scores either(const std::vector<Scores>& parts, size_t at_least) {
    std::map<int, std::pair<size_t, double>> sums;
    for (const Scores& part : parts) {
      for (const auto& [doc, score] : part) {
        ++sums[doc].first;
        sums[doc].second += score;
      }
    }
    Scores result;
    for (const auto& [doc, sum] : sums) {
      if (sum.first >= at_least) result[doc] = sum.second;
    }
    return result;
  }
  static Scores best(const std::vector<Scores>& parts, double tie_breaker) {
    Scores result = either(parts, 1);
    for (auto& [doc, score] : result) {
      double largest = 0;
      for (const Scores& part : parts) {
        if (const auto found = part.find(doc); found != part.end()) largest = std::max(largest, found->second);
      }
      score = largest + tie_breaker * (score - largest);
    }
    return result;
  }
  static Scores without(Scores from, const Scores& excluded) {
    for (const auto& [doc, score] : excluded) from.erase(doc);
    return from;
  }
  /// `required`, with the scores of `optional` added where that matches.
  static Scores with_optional(Scores required, const Scores& optional) {
    for (auto& [doc, score] : required) {
      if (const auto found = optional.find(doc); found != optional.end()) score += found->second;
    }
    return required;
  }

 private:
  double idf(const std::string& word) const {
    const auto n = std::count_if(documents_.begin(), documents_.end(),
                                 [&](const Words& words) { return std::count(words.begin(), words.end(), word) > 0; });
    return n == 0 ? 0 : std::log(1 + (static_cast<double>(num_with_field_ - n) + 0.5) / (static_cast<double>(n) + 0.5));
  }
  template <class Frequency>
  Scores by_frequency(Frequency frequency, double idf_value) const {
    Scores scores;
    for (size_t i = 0; i < documents_.size(); ++i) {
      const double tf = frequency(documents_[i]);
      const auto length = static_cast<double>(documents_[i].size());
      if (tf > 0) scores[static_cast<int>(i)] = 2.2 * idf_value * tf / (tf + 1.2 * (0.25 + 0.75 * length / average_length_));
    }
    return scores;
  }

  std::vector<Words> documents_;
  int num_with_field_ = 0;
  double average_length_ = 1;
};

class ReferenceTest : public SearchFixture {
 protected:
  static uint32_t seed() {
    const char* const given = std::getenv("TEST_SEED");
    return given == nullptr ? std::random_device()() : static_cast<uint32_t>(std::strtoul(given, nullptr, 10));
  }
  int pick(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }
  /// Skewed, so that some words are in nearly every document.
  std::string word() { return std::string(1, static_cast<char>('a' + std::min(pick(12), pick(12)))); }
  Words words(int max_length) {
    Words result;
    const int length = pick(max_length + 1);
    for (int i = 0; i < length; ++i) result.push_back(word());
    return result;
  }
  static std::string joined(const Words& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
  }
  Words distinct(int num) {
    std::set<std::string> found;
    for (int i = 0; i < num; ++i) found.insert(word());
    return {found.begin(), found.end()};
  }

  /// Documents in several segments.
  void fill(int num_documents) {
    create("r", R"({"mappings":{"properties":{"t":{"type":"text"}}}})");
    documents_.clear();
    std::vector<std::pair<std::string, std::string>> batch;
    for (int i = 0; i < num_documents; ++i) {
      documents_.push_back(words(30));
      batch.emplace_back(std::to_string(i), documents_.back().empty() ? "{}" : R"({"t":")" + joined(documents_.back()) + R"("})");
      if (pick(40) == 0) {
        add("r", batch);
        batch.clear();
      }
    }
    add("r", batch);
  }

  void expect(const std::string& query, const Scores& wanted, const std::string& what) {
    const int size = 1 + pick(20);
    const auto answer = search("r", R"({"size":)" + std::to_string(size) + R"(,"track_total_hits":)" +
                                        (pick(2) == 0 ? "true" : "1") + R"(,"query":)" + query + "}");
    if (answer["hits"]["total"]["relation"].as_string() == "eq") {
      ASSERT_EQ(total(answer), static_cast<int64_t>(wanted.size())) << what << query;
    }
    std::vector<double> scores;
    for (const auto& [doc, score] : wanted) scores.push_back(score);
    std::sort(scores.begin(), scores.end(), std::greater<>());
    const std::vector<std::string> found = ids(answer);
    ASSERT_EQ(found.size(), std::min(wanted.size(), static_cast<size_t>(size))) << what << query;
    for (size_t i = 0; i < found.size(); ++i) {
      const auto entry = wanted.find(std::stoi(found[i]));
      ASSERT_NE(entry, wanted.end()) << what << query << " found " << found[i];
      ASSERT_NEAR(score(answer, i), entry->second, 1e-5) << what << query;
      ASSERT_NEAR(score(answer, i), scores[i], 1e-5) << what << query;
      if (i > 0) {
        ASSERT_LE(score(answer, i), score(answer, i - 1));
      }
    }
  }

  std::mt19937 random_{0};
  std::vector<Words> documents_;
};

TEST_F(ReferenceTest, RandomQueriesGiveTheSameScores) {
  const uint32_t start = seed();
  SCOPED_TRACE("TEST_SEED=" + std::to_string(start));
  random_.seed(start);
  fill(400);
  const Reference reference(documents_);
  for (int round = 0; round < 150; ++round) {
    const Words many = distinct(1 + pick(6));
    std::vector<Scores> parts;
    for (const std::string& one : many) parts.push_back(reference.term(one));
    const std::string text = joined(many);
    expect(R"({"match":{"t":")" + text + R"("}})", Reference::either(parts, 1), "or ");
    expect(R"({"match":{"t":{"query":")" + text + R"(","operator":"and"}}})", Reference::either(parts, parts.size()), "and ");
    const size_t at_least = 1 + static_cast<size_t>(pick(static_cast<int>(parts.size())));
    expect(R"({"match":{"t":{"query":")" + text + R"(","minimum_should_match":)" + std::to_string(at_least) + "}}}",
           Reference::either(parts, at_least), "minimum ");
    const Words phrase = {word(), word()};
    expect(R"({"match_phrase":{"t":")" + joined(phrase) + R"("}})", reference.phrase(phrase), "phrase ");
    std::string queries;
    for (const std::string& one : many) queries += (queries.empty() ? "" : ",") + std::string(R"({"term":{"t":")") + one + R"("}})";
    expect(R"({"dis_max":{"tie_breaker":0.3,"queries":[)" + queries + "]}}", Reference::best(parts, 0.3), "dis_max ");
    const std::string must = word();
    const std::string must_not = word();
    const Scores left =
        Reference::without(Reference::with_optional(reference.term(must), Reference::either(parts, 1)), reference.term(must_not));
    expect(R"({"bool":{"must":{"term":{"t":")" + must + R"("}},"should":[)" + queries + R"(],"must_not":{"term":{"t":")" +
               must_not + R"("}}}})",
           left, "bool ");
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace selene::search
