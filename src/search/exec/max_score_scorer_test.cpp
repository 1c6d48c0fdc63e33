#include "search/exec/max_score_scorer.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>

#include "search/exec/boolean_scorers.h"
#include "search/exec/query_phase.h"
#include "search/search_fixture.h"

namespace selene::search {
namespace {

/// A corpus of many blocks: frequent words, rare words, words in runs of neighbouring documents.
class MaxScoreTest : public SearchFixture {
 protected:
  void SetUp() override {
    SearchFixture::SetUp();
    const char* const given = std::getenv("TEST_SEED");
    seed_ = given == nullptr ? std::random_device()() : static_cast<uint32_t>(std::strtoul(given, nullptr, 10));
    random_.seed(seed_);
    create("m", R"({"mappings":{"properties":{"t":{"type":"text"}}}})");
    std::vector<std::pair<std::string, std::string>> batch;
    for (int i = 0; i < kNumDocs; ++i) {
      std::string text;
      const int length = 1 + static_cast<int>(random_() % 40);
      for (int j = 0; j < length; ++j) text += word(i) + " ";
      batch.emplace_back(std::to_string(i), R"({"t":")" + text + R"("})");
      if (i == kNumDocs / 3) {
        add("m", batch);
        batch.clear();
      }
    }
    add("m", batch);
    index_ = catalog_->find("m");
    snapshot_ = index_->engine->snapshot();
  }
  std::string word(int doc) {
    if (random_() % 50 == 0) return "run" + std::to_string(doc / 300);
    const double uniform = static_cast<double>(random_() % 100000) / 100000;
    return "w" + std::to_string(static_cast<int>(std::pow(uniform, 4) * 60));
  }

  std::vector<std::unique_ptr<TermWeight>> weights_of(const std::vector<std::string>& words) {
    std::vector<std::unique_ptr<TermWeight>> weights;
    for (const std::string& one : words) {
      if (auto weight = TermWeight::create(*snapshot_, *snapshot_->mapping().find("t"), one, 1))
        weights.push_back(std::move(weight));
    }
    return weights;
  }

  static constexpr int kNumDocs = 4000;
  uint32_t seed_ = 0;
  std::mt19937 random_;
  std::shared_ptr<index::Index> index_;
  std::shared_ptr<const index::Snapshot> snapshot_;
};

/// The terms' disjunction by one scorer or the other.
template <class MakeScorer>
class TestDisjunction final : public Weight {
 public:
  TestDisjunction(const std::vector<std::unique_ptr<TermWeight>>& terms, MakeScorer make) : terms_(terms), make_(std::move(make)) {}
  ScorerPtr scorer(const SegmentContext& segment) const override {
    std::vector<std::unique_ptr<TermScorer>> scorers;
    for (const auto& term : terms_) {
      if (auto scorer = term->term_scorer(segment)) scorers.push_back(std::move(scorer));
    }
    if (scorers.size() < 2) return scorers.empty() ? nullptr : std::move(scorers.front());
    return make_(std::move(scorers));
  }
  std::string description() const override { return "test"; }

 private:
  const std::vector<std::unique_ptr<TermWeight>>& terms_;
  MakeScorer make_;
};

ScorerPtr exhaustive(std::vector<std::unique_ptr<TermScorer>> terms) {
  std::vector<ScorerPtr> scorers;
  for (auto& term : terms) scorers.push_back(std::move(term));
  return std::make_unique<DisjunctionScorer>(std::move(scorers), 1);
}
ScorerPtr pruned(std::vector<std::unique_ptr<TermScorer>> terms) { return std::make_unique<MaxScoreScorer>(std::move(terms)); }

TEST_F(MaxScoreTest, FindsWhatTheExhaustiveScorerFinds) {
  SCOPED_TRACE("TEST_SEED=" + std::to_string(seed_));
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> words;
    const int num_words = 2 + static_cast<int>(random_() % 6);
    for (int i = 0; i < num_words; ++i) {
      words.push_back(random_() % 3 == 0 ? "run" + std::to_string(random_() % 13) : "w" + std::to_string(random_() % 60));
    }
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    const auto weights = weights_of(words);
    QueryPhaseOptions options;
    options.num_hits = 1 + static_cast<int32_t>(random_() % 30);
    const ShardTopDocs all = find_top_docs(*snapshot_, TestDisjunction(weights, exhaustive), options, base::Cancellation());
    options.track_total_hits_up_to = static_cast<int32_t>(random_() % 2) * 100;
    const ShardTopDocs fast = find_top_docs(*snapshot_, TestDisjunction(weights, pruned), options, base::Cancellation());
    ASSERT_EQ(fast.docs.size(), all.docs.size());
    for (size_t i = 0; i < all.docs.size(); ++i) {
      ASSERT_EQ(fast.docs[i].doc, all.docs[i].doc);
      ASSERT_EQ(fast.docs[i].score, all.docs[i].score);
    }
    if (fast.total_relation == TotalRelation::kEqualTo) {
      ASSERT_EQ(fast.total_hits, all.total_hits);
    }
  }
}

TEST_F(MaxScoreTest, WithoutABarItVisitsEveryMatch) {
  const auto weights = weights_of({"w0", "w7", "run3"});
  const TestDisjunction slow(weights, exhaustive);
  const TestDisjunction fast(weights, pruned);
  for (size_t ordinal = 0; ordinal < snapshot_->segments().size(); ++ordinal) {
    const SegmentContext segment{snapshot_->segments()[ordinal], ordinal};
    const ScorerPtr a = slow.scorer(segment);
    const ScorerPtr b = fast.scorer(segment);
    for (; a->doc() != kNoMoreDocs; a->next(), b->next()) {
      ASSERT_EQ(a->doc(), b->doc());
      ASSERT_EQ(a->score(), b->score());
    }
    EXPECT_EQ(b->doc(), kNoMoreDocs);
    EXPECT_EQ(b->advance(5), kNoMoreDocs);
  }
}

TEST_F(MaxScoreTest, PassesOverWhatCannotCompete) {
  const auto weights = weights_of({"w0", "run3"});
  const TestDisjunction fast(weights, pruned);
  int64_t visited = 0;
  int64_t all = 0;
  for (size_t ordinal = 0; ordinal < snapshot_->segments().size(); ++ordinal) {
    const SegmentContext segment{snapshot_->segments()[ordinal], ordinal};
    const ScorerPtr scorer = fast.scorer(segment);
    if (dynamic_cast<MaxScoreScorer*>(scorer.get()) == nullptr) continue;  // a segment with one of the words only
    all += scorer->cost();
    scorer->set_min_competitive_score(3.0F);
    for (; scorer->doc() != kNoMoreDocs; scorer->next()) ++visited;
  }
  EXPECT_LT(visited, all / 4);
}

}  // namespace
}  // namespace selene::search
