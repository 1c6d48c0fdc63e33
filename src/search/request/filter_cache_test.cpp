#include "search/exec/filter_cache.h"

#include <atomic>
#include <initializer_list>
#include <random>
#include <thread>

#include "search/search_fixture.h"

namespace selene::search {
namespace {

/// `pattern` with its `%` replaced in order.
std::string filled(std::string_view pattern, std::initializer_list<std::string> parts) {
  std::string text;
  auto part = parts.begin();
  for (const char c : pattern) {
    if (c == '%') {
      text += *part++;
    } else {
      text += c;
    }
  }
  return text;
}
std::string filled(std::string_view pattern, std::initializer_list<int> numbers) {
  std::string text;
  auto number = numbers.begin();
  for (const char c : pattern) text += c == '%' ? std::to_string(*number++) : std::string(1, c);
  return text;
}

/// Sets of every segment are kept, whatever its size.
FilterCache::Options any_segment() {
  FilterCache::Options options;
  options.min_docs = 0;
  options.min_share = 0;
  return options;
}

class FilterCacheTest : public SearchFixture {
 protected:
  void SetUp() override {
    SearchFixture::SetUp();
    serve(any_segment());
  }
  void serve(const FilterCache::Options& options) {
    service_ = std::make_unique<SearchService>(*catalog_, inference_, clock_, options);
  }
  FilterCacheStats stats(const std::string& index) { return service_->filter_cache().stats(catalog_->find(index)->uuid); }
  void add_numbers(const std::string& index, int from, int to) {
    std::vector<std::pair<std::string, std::string>> documents;
    for (int i = from; i < to; ++i)
      documents.emplace_back(std::to_string(i), filled(R"({"n":%,"tag":"t%","text":"w% all"})", {i, i % 7, i % 5}));
    add(index, documents);
  }
  static constexpr const char* kRange = R"({"query":{"bool":{"filter":{"range":{"n":{"gte":10,"lt":20}}}}}})";
};

TEST_F(FilterCacheTest, RegexpIsKeptLikeOtherCostlyFilters) {
  add_numbers("i", 0, 50);
  const std::string body = R"({"query":{"bool":{"filter":{"regexp":{"tag":"t[0-2]"}}}}})";
  for (int use = 0; use < 3; ++use) EXPECT_EQ(total(search("i", body)), 22);
  EXPECT_EQ(stats("i").num_sets, 1);
  EXPECT_EQ(stats("i").hits, 1);
  EXPECT_EQ(total(search("i", R"({"query":{"bool":{"filter":{"regexp":{"tag":{"value":"T[0-2]","case_insensitive":true}}}}}})")),
            22);
  EXPECT_EQ(stats("i").hits, 1);
}

TEST_F(FilterCacheTest, RegexpThatIsTooComplexFailsEachTimeAndIsNotKept) {
  add_numbers("i", 0, 50);
  const std::string body =
      R"({"query":{"bool":{"filter":{"regexp":{"tag":{"value":"[a-t](0|1|2|3)*","max_determinized_states":1}}}}}})";
  for (int use = 0; use < 3; ++use) {
    const base::Error error = search_error("i", body);
    ASSERT_NE(error.cause(), nullptr) << use;
    EXPECT_NE(error.cause()->reason().find("Determinizing"), std::string::npos) << describe(error);
  }
  EXPECT_EQ(stats("i").num_sets, 0);
}

TEST_F(FilterCacheTest, CostlyFilterIsKeptAtItsSecondUseAndFoundAtItsThird) {
  add_numbers("i", 0, 50);
  EXPECT_EQ(total(search("i", kRange)), 10);
  EXPECT_EQ(stats("i").num_sets, 0);
  EXPECT_EQ(total(search("i", kRange)), 10);
  EXPECT_EQ(stats("i").num_sets, 1);
  EXPECT_EQ(stats("i").hits, 0);
  EXPECT_EQ(stats("i").misses, 2);
  EXPECT_EQ(total(search("i", kRange)), 10);
  EXPECT_EQ(stats("i").hits, 1);
  EXPECT_GT(stats("i").memory_bytes, 0);
}

TEST_F(FilterCacheTest, TermsAreNeverKept) {
  add_numbers("i", 0, 50);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(total(search("i", R"({"query":{"bool":{"filter":{"term":{"text":"w1"}}}}})")), 10);
  EXPECT_EQ(stats("i").hits + stats("i").misses, 0);
}

TEST_F(FilterCacheTest, DocumentsDeletedLaterAreNotFound) {
  add_numbers("i", 0, 50);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(total(search("i", kRange)), 10);
  remove("i", "12");
  EXPECT_EQ(total(search("i", kRange)), 9);
  EXPECT_EQ(stats("i").hits, 2);
}

TEST_F(FilterCacheTest, SetsGoWithTheirSegmentAndWithClear) {
  add_numbers("i", 0, 50);
  add_numbers("i", 50, 60);
  for (int i = 0; i < 3; ++i) search("i", kRange);
  EXPECT_EQ(stats("i").num_sets, 2);
  ASSERT_TRUE(catalog_->find("i")->engine->force_merge(1).has_value());
  EXPECT_EQ(stats("i").num_sets, 0);
  EXPECT_EQ(stats("i").memory_bytes, 0);
  EXPECT_EQ(total(search("i", kRange)), 10);
  EXPECT_EQ(stats("i").num_sets, 1);
  service_->filter_cache().clear(catalog_->find("i")->uuid);
  EXPECT_EQ(stats("i").num_sets, 0);
}

TEST_F(FilterCacheTest, SmallSegmentsAreLeftAlone) {
  serve({});
  add_numbers("i", 0, 50);
  for (int i = 0; i < 4; ++i) search("i", kRange);
  EXPECT_EQ(stats("i").misses, 0);
}

TEST_F(FilterCacheTest, AnIndexMayKeepNothing) {
  create("i", R"({"settings":{"index.queries.cache.enabled":false}})");
  add_numbers("i", 0, 50);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(total(search("i", kRange)), 10);
  EXPECT_EQ(stats("i").misses, 0);
}

TEST_F(FilterCacheTest, MemoryIsBounded) {
  FilterCache::Options options = any_segment();
  options.max_bytes = 2000;
  serve(options);
  add_numbers("i", 0, 50);
  for (int low = 0; low < 40; ++low) {
    const std::string body = filled(R"({"query":{"bool":{"filter":{"range":{"n":{"gte":%}}}}}})", {low});
    for (int i = 0; i < 3; ++i) EXPECT_EQ(total(search("i", body)), 50 - low);
    EXPECT_LE(stats("i").memory_bytes, 2000);
  }
  EXPECT_EQ(stats("i").num_cached, 40);
  EXPECT_GT(stats("i").num_sets, 1);
}

TEST_F(FilterCacheTest, AFilterThatDependsOnMoreThanTheSegmentIsNotKept) {
  add_numbers("i", 0, 50);
  const std::string body =
      R"({"query":{"bool":{"filter":[{"script":{"script":{"source":"doc['n'].value > params.x","params":{"x":1}}}}]}}})";
  for (int i = 0; i < 8; ++i) EXPECT_EQ(total(search("i", body)), 48);
  EXPECT_EQ(stats("i").num_sets, 0);
}

/// A random clause of the kinds that filters are made of.
std::string random_clause(std::mt19937& rng, int depth) {
  const auto number = [&](int limit) { return static_cast<int>(rng() % static_cast<unsigned>(limit)); };
  switch (number(depth > 0 ? 10 : 8)) {
    case 0: return filled(R"({"range":{"n":{"gte":%,"lt":%}}})", {number(150), number(300)});
    case 1: return filled(R"({"terms":{"tag.keyword":["t%","t%"]}})", {number(8), number(8)});
    case 2: return filled(R"({"term":{"text":"w%"}})", {number(6)});
    case 3: return filled(R"({"prefix":{"tag.keyword":"t%"}})", {number(8)});
    case 4: return filled(R"({"wildcard":{"tag.keyword":"*%"}})", {number(8)});
    case 5: return R"({"exists":{"field":"n"}})";
    case 6: return filled(R"({"match_phrase":{"text":"w% all"}})", {number(6)});
    case 7: return filled(R"({"range":{"tag.keyword":{"gt":"t%"}}})", {number(8)});
    default: {
      const std::string first = random_clause(rng, depth - 1);
      const std::string second = random_clause(rng, depth - 1);
      const int at = number(4);
      const std::string kKinds[] = {"must", "filter", "should", "must_not"};
      return filled(R"({"bool":{"%":[%],"%":[%]}})", {kKinds[at], first, kKinds[(at + 1 + number(3)) % 4], second});
    }
  }
}

TEST_F(FilterCacheTest, AnswersAreTheSameWithAndWithoutIt) {
  FilterCache::Options none;
  none.max_bytes = 0;
  SearchService plain(*catalog_, inference_, clock_, none);
  std::mt19937 rng(20240607);
  for (int round = 0; round < 4; ++round) {
    add_numbers("i", round * 60, round * 60 + 80);  // some of them anew
    if (round > 0) remove("i", std::to_string(round * 17));
    std::vector<std::string> bodies;
    for (int i = 0; i < 60; ++i) {
      bodies.push_back(
          filled(R"({"size":300,"query":{"bool":{"should":{"match":{"text":"w1 all"}},"filter":%,"must_not":%}},"post_filter":%,)"
                 R"("aggs":{"a":{"filter":%,"aggs":{"s":{"sum":{"field":"n"}}}}}})",
                 {random_clause(rng, 2), random_clause(rng, 1), random_clause(rng, 1), random_clause(rng, 1)}));
    }
    for (int use = 0; use < 6; ++use) {
      for (const std::string& body : bodies) {
        const auto document = base::JsonDocument::parse(body);
        ASSERT_TRUE(document.has_value()) << body;
        const SearchCall call{"i", {}, &*document};
        const auto cached = service_->search(call, base::Cancellation());
        const auto direct = plain.search(call, base::Cancellation());
        ASSERT_TRUE(cached.has_value() && direct.has_value()) << body;
        const auto hits = [](const std::string& answer) { return answer.substr(answer.find("\"timed_out\"")); };
        ASSERT_EQ(hits(*cached), hits(*direct)) << body;
      }
    }
  }
  EXPECT_GT(stats("i").hits, 1000);
}

TEST_F(FilterCacheTest, ManyThreadsFindTheSame) {
  FilterCache::Options options = any_segment();
  options.max_bytes = 4000;
  serve(options);
  add_numbers("i", 0, 200);
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 100; ++i) {
        const int low = (i * 7 + t) % 20;
        const std::string body = filled(R"({"size":0,"query":{"bool":{"filter":{"range":{"n":{"gte":%}}}}}})", {low});
        const auto answer = try_search("i", body);
        if (!answer.has_value() || answer->find(R"("value":)" + std::to_string(200 - low)) == std::string::npos) ++wrong;
        if (i % 25 == 0) service_->filter_cache().clear(catalog_->find("i")->uuid);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace selene::search
