#include "search/exec/query_phase.h"

#include <atomic>

#include "base/thread_pool.h"
#include "search/search_fixture.h"

namespace selene::search {
namespace {

/// Every document, and how often a score was asked for.
class CountingWeight final : public Weight {
 public:
  ScorerPtr scorer(const SegmentContext& segment) const override {
    return std::make_unique<CountingScorer>(segment.reader().max_doc(), num_scored);
  }
  std::string description() const override { return "counting"; }
  mutable std::atomic<int> num_scored = 0;

 private:
  class CountingScorer final : public Scorer {
   public:
    CountingScorer(DocId max_doc, std::atomic<int>& num_scored) : max_doc_(max_doc), num_scored_(num_scored) { doc_ = 0; }
    DocId advance(DocId target) override { return doc_ = target < max_doc_ ? std::max(target, doc_) : kNoMoreDocs; }
    float score() override {
      ++num_scored_;
      return static_cast<float>(doc_);
    }
    int64_t cost() const override { return max_doc_; }

   private:
    DocId max_doc_;
    std::atomic<int>& num_scored_;
  };
};

class QueryPhaseTest : public SearchFixture {
 protected:
  static constexpr int kNumDocs = 200;

  void SetUp() override {
    SearchFixture::SetUp();
    create("q", R"({"mappings":{"properties":{"t":{"type":"keyword"}}}})");
    for (const int begin : {0, kNumDocs / 2}) {
      std::vector<std::pair<std::string, std::string>> batch;
      for (int i = begin; i < begin + kNumDocs / 2; ++i) batch.emplace_back(std::to_string(i), R"({"t":"x"})");
      add("q", batch);
    }
    snapshot_ = catalog_->find("q")->engine->snapshot();
  }
  /// How many documents were found and how many scores computed, on one thread and on several.
  void expect_scored(QueryPhaseOptions options, int64_t found, int num_scored) {
    options.track_total_hits_up_to = INT32_MAX;
    for (const size_t helpers : {size_t{0}, size_t{2}}) {
      const CountingWeight weight;
      options.threads = {.pool = helpers == 0 ? nullptr : &pool_, .num_helpers = helpers, .min_docs = 0};
      EXPECT_EQ(find_top_docs(*snapshot_, weight, options, base::Cancellation()).total_hits, found) << helpers;
      EXPECT_EQ(weight.num_scored, num_scored) << helpers;
    }
  }

  base::ThreadPool pool_{"pieces", 2, 8};
  std::shared_ptr<const index::Snapshot> snapshot_;
};

TEST_F(QueryPhaseTest, ScoresThatNobodyReadsAreNotComputed) {
  QueryPhaseOptions options;
  options.num_hits = 0;
  expect_scored(options, kNumDocs, 0);
}

TEST_F(QueryPhaseTest, ScoresOfHitsAndForMinScoreAre) {
  QueryPhaseOptions options;
  options.num_hits = 3;
  expect_scored(options, kNumDocs, kNumDocs);
  options.num_hits = 0;
  options.min_score = 90.0F;
  expect_scored(options, 2 * 10, kNumDocs);
}

}  // namespace
}  // namespace selene::search
