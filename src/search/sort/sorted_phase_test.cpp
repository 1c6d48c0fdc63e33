#include "search/sort/sorted_phase.h"

#include <random>

#include "base/thread_pool.h"
#include "search/search_fixture.h"

namespace selene::search {
namespace {

class SortedPhaseTest : public SearchFixture {
 protected:
  void SetUp() override {
    SearchFixture::SetUp();
    create("s", R"({"mappings":{"properties":{"n":{"type":"integer"},"k":{"type":"keyword"},"d":{"type":"double"}}}})");
    std::mt19937 random(7);
    for (int segment = 0; segment < 3; ++segment) {
      std::vector<std::pair<std::string, std::string>> batch;
      for (int i = 0; i < 200; ++i) {
        std::string source = R"({"n":)" + std::to_string(random() % 10);
        if (random() % 4 > 0) source += R"(,"k":"k)" + std::to_string(random() % 5) + "\"";
        if (random() % 4 > 0) source += R"(,"d":)" + std::to_string(static_cast<double>(random() % 100) / 8);
        batch.emplace_back(std::to_string(segment * 200 + i), source + "}");
      }
      add("s", batch);
    }
    snapshot_ = catalog_->find("s")->engine->snapshot();
  }
  ShardSortedDocs find(const std::string& sort, const QueryPhaseOptions& options, const SortPosition* after, ScoreMode mode) {
    const auto document = base::JsonDocument::parse(sort);
    EXPECT_TRUE(document.has_value());
    const auto fields = parse_sort(&*document, document->root());
    EXPECT_TRUE(fields.has_value());
    const auto plan = SortPlan::create(*fields, {snapshot_.get()});
    EXPECT_TRUE(plan.has_value());
    auto reader = SortReader::create(*plan, *snapshot_, 0, 0, nullptr);
    EXPECT_TRUE(reader.has_value());
    return find_sorted_docs(*snapshot_, MatchAllWeight(1), options, *plan, std::move(*reader), after, mode, base::Cancellation());
  }
  static void expect_equal(const ShardSortedDocs& a, const ShardSortedDocs& b) {
    ASSERT_EQ(a.docs.size(), b.docs.size());
    for (size_t i = 0; i < a.docs.size(); ++i) {
      EXPECT_EQ(a.docs[i].doc, b.docs[i].doc) << i;
      ASSERT_EQ(a.docs[i].keys.size(), b.docs[i].keys.size());
      for (size_t j = 0; j < a.docs[i].keys.size(); ++j) {
        EXPECT_EQ(a.docs[i].keys[j].number, b.docs[i].keys[j].number);
        EXPECT_EQ(a.docs[i].keys[j].text, b.docs[i].keys[j].text);
      }
    }
    EXPECT_EQ(a.total_hits, b.total_hits);
    EXPECT_EQ(std::isnan(a.max_score), std::isnan(b.max_score));
  }

  std::shared_ptr<const index::Snapshot> snapshot_;
};

constexpr const char* kSorts[] = {
    R"(["n"])",    R"([{"k":"desc"},"n"])", R"(["d","k",{"n":"desc"}])", R"(["_score","n"])", R"([{"d":{"missing":"_first"}}])",
    R"(["_doc"])", R"(["n","n","n","k"])"};

TEST_F(SortedPhaseTest, SegmentsOnSeveralThreadsGiveTheSame) {
  base::ThreadPool pool("segments", 2, 8);
  ASSERT_GT(snapshot_->segments().size(), 1);
  for (const char* const sort : kSorts) {
    for (const int32_t num_hits : {1, 10, 700}) {
      for (const ScoreMode mode : {ScoreMode::kNone, ScoreMode::kComplete}) {
        SCOPED_TRACE(sort);
        QueryPhaseOptions options;
        options.num_hits = num_hits;
        const ShardSortedDocs first = find(sort, options, nullptr, mode);
        SortPosition after;
        after.keys = first.docs.back().keys;
        after.doc = first.docs.back().doc;
        const ShardSortedDocs second = find(sort, options, &after, mode);
        options.threads = {.pool = &pool, .num_helpers = 2, .min_docs = 0};
        expect_equal(find(sort, options, nullptr, mode), first);
        expect_equal(find(sort, options, &after, mode), second);
      }
    }
  }
}

/// What is found many at a time is what is found with room for all.
TEST_F(SortedPhaseTest, ASmallPageIsTheBeginningOfAllInOrder) {
  for (const char* const sort : kSorts) {
    SCOPED_TRACE(sort);
    QueryPhaseOptions options;
    options.num_hits = 600;
    ShardSortedDocs all = find(sort, options, nullptr, ScoreMode::kComplete);
    for (const int32_t num_hits : {1, 7, 50}) {
      options.num_hits = num_hits;
      ShardSortedDocs expected = all;
      expected.docs.resize(static_cast<size_t>(num_hits));
      expect_equal(find(sort, options, nullptr, ScoreMode::kComplete), expected);
    }
  }
}

}  // namespace
}  // namespace selene::search
