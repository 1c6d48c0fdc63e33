// What scorers find that work on many documents at once, beside going through every document: the same to the last bit.

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>

#include "base/thread_pool.h"
#include "search/exec/boolean_weight.h"
#include "search/exec/phrase_weight.h"
#include "search/exec/query_phase.h"
#include "search/exec/term_weight.h"
#include "search/search_fixture.h"

namespace selene::search {
namespace {

class BulkScorerTest : public SearchFixture {
 protected:
  static constexpr int kNumDocs = 12000;

  void SetUp() override {
    SearchFixture::SetUp();
    const char* const given = std::getenv("TEST_SEED");
    seed_ = given == nullptr ? std::random_device()() : static_cast<uint32_t>(std::strtoul(given, nullptr, 10));
    random_.seed(seed_);
    create("b", R"({"mappings":{"properties":{"t":{"type":"text"}}}})");
    std::vector<std::pair<std::string, std::string>> batch;
    for (int i = 0; i < kNumDocs; ++i) {
      std::string text;
      const int length = 1 + below(40);
      for (int j = 0; j < length; ++j) text += word(i) + " ";
      batch.emplace_back(std::to_string(i), R"({"t":")" + text + R"("})");
      if (i == kNumDocs / 4 || i == kNumDocs / 2) {
        add("b", batch);
        batch.clear();
      }
    }
    add("b", batch);
    index_ = catalog_->find("b");
    snapshot_ = index_->engine->snapshot();
  }
  int below(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }
  /// Frequent and rare words, and words in runs of neighbouring documents.
  std::string word(int doc) {
    if (below(60) == 0) return "run" + std::to_string(doc / 700);
    return "w" + std::to_string(static_cast<int>(std::pow(static_cast<double>(below(100000)) / 100000, 4) * 300));
  }
  std::vector<std::string> words() {
    std::vector<std::string> words;
    for (int i = 1 + below(7); i > 0; --i) {
      words.push_back(below(3) == 0 ? "run" + std::to_string(below(18))
                                    : "w" + std::to_string(below(4) == 0 ? below(300) : below(20)));
    }
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    return words;
  }
  /// Segments shared out over threads give the same.
  void expect_same_on_threads(const Weight& weight, QueryPhaseOptions options, const ShardTopDocs& expected) {
    options.threads = {.pool = &threads_, .num_helpers = 2, .min_docs = 0};
    const ShardTopDocs found = find_top_docs(*snapshot_, weight, options, base::Cancellation());
    ASSERT_EQ(found.docs.size(), expected.docs.size());
    for (size_t i = 0; i < found.docs.size(); ++i) {
      ASSERT_EQ(found.docs[i].doc, expected.docs[i].doc) << i;
      ASSERT_EQ(found.docs[i].score, expected.docs[i].score) << i;
    }
    const auto limit = int64_t{options.track_total_hits_up_to};
    ASSERT_EQ(std::min(found.total_hits, limit + 1), std::min(expected.total_hits, limit + 1));
  }
  enum class Operator : uint8_t { kOr, kAnd };
  WeightPtr bind(const std::vector<std::string>& words, Operator op, ScoreMode mode) {
    BooleanWeight::Clauses clauses;
    for (const std::string& one : words) {
      auto term = TermWeight::create(*snapshot_, *snapshot_->mapping().find("t"), one, boost_);
      if (term != nullptr) (op == Operator::kAnd ? clauses.must : clauses.should).push_back(std::move(term));
    }
    if (clauses.must.empty() && clauses.should.empty()) return nullptr;
    return std::make_unique<BooleanWeight>(std::move(clauses), mode);
  }
  void expect_equal(const std::vector<std::string>& words, Operator op) {
    const WeightPtr fast = bind(words, op, ScoreMode::kTopScores);
    const WeightPtr slow = bind(words, op, ScoreMode::kComplete);
    if (fast == nullptr) return;
    ASSERT_TRUE(fast->finds_in_bulk());
    ASSERT_FALSE(slow->finds_in_bulk());
    QueryPhaseOptions options;
    options.num_hits = below(4) == 0 ? 1 + below(1500) : 1 + below(30);
    options.track_total_hits_up_to = INT32_MAX;
    const ShardTopDocs all = find_top_docs(*snapshot_, *slow, options, base::Cancellation());
    constexpr int32_t kLimits[] = {0, 1, 10, 100, 1000, INT32_MAX};
    options.track_total_hits_up_to = kLimits[below(6)];
    const ShardTopDocs best = find_top_docs(*snapshot_, *fast, options, base::Cancellation());
    ASSERT_EQ(best.docs.size(), all.docs.size());
    for (size_t i = 0; i < all.docs.size(); ++i) {
      ASSERT_EQ(best.docs[i].doc, all.docs[i].doc) << i;
      ASSERT_EQ(best.docs[i].score, all.docs[i].score) << i;
    }
    expect_same_on_threads(*fast, options, best);
    if (best.total_relation == TotalRelation::kEqualTo) {
      ASSERT_EQ(best.total_hits, all.total_hits);
    } else {
      ASSERT_GT(best.total_hits, options.track_total_hits_up_to);
      ASSERT_GT(all.total_hits, options.track_total_hits_up_to);
    }
  }
  /// Two to four slots of words near each other's frequency, now and then of several words or with gaps.
  std::vector<PhraseWeight::Slot> slots() {
    std::vector<PhraseWeight::Slot> slots;
    int32_t position = 0;
    for (int i = 2 + below(2); i > 0; --i) {
      PhraseWeight::Slot& slot = slots.emplace_back();
      slot.position = position;
      position += below(8) == 0 ? 2 : 1;
      for (int j = below(6) == 0 ? 3 : 1; j > 0; --j) slot.terms.push_back("w" + std::to_string(below(12)));
    }
    return slots;
  }
  void expect_equal_phrase(const std::vector<PhraseWeight::Slot>& slots, int32_t slop) {
    const PhraseWeight weight(*snapshot_, *snapshot_->mapping().find("t"), slots, slop, boost_);
    QueryPhaseOptions options;
    options.num_hits = 1 + below(20);
    options.track_total_hits_up_to = INT32_MAX;
    const ShardTopDocs all = find_top_docs(*snapshot_, weight, options, base::Cancellation());
    options.track_total_hits_up_to = below(2) * 50;
    const ShardTopDocs best = find_top_docs(*snapshot_, weight, options, base::Cancellation());
    ASSERT_EQ(best.docs.size(), all.docs.size());
    for (size_t i = 0; i < all.docs.size(); ++i) {
      ASSERT_EQ(best.docs[i].doc, all.docs[i].doc) << i;
      ASSERT_EQ(best.docs[i].score, all.docs[i].score) << i;
    }
    expect_same_on_threads(weight, options, best);
    options.num_hits = 0;
    expect_same_on_threads(weight, options, find_top_docs(*snapshot_, weight, options, base::Cancellation()));
    options.num_hits = 5;
    options.min_score = best.docs.empty() ? 1 : best.docs.back().score;
    if (!best.docs.empty()) options.after = best.docs[best.docs.size() / 2];
    expect_same_on_threads(weight, options, find_top_docs(*snapshot_, weight, options, base::Cancellation()));
  }
  void delete_some(int count) {
    for (int i = 0; i < count; ++i) {
      index::WriteOp op;
      op.type = index::OpType::kDelete;
      op.id = std::to_string(below(kNumDocs));
      ASSERT_TRUE(index_->engine->apply({&op, 1}).front().has_value());
    }
    ASSERT_TRUE(index_->engine->refresh());
    snapshot_ = index_->engine->snapshot();
  }

  uint32_t seed_ = 0;
  float boost_ = 1;
  base::ThreadPool threads_{"segments", 2, 8};
  std::mt19937 random_;
  std::shared_ptr<index::Index> index_;
  std::shared_ptr<const index::Snapshot> snapshot_;
};

TEST_F(BulkScorerTest, FindsWhatGoingThroughEveryDocumentFinds) {
  SCOPED_TRACE("TEST_SEED=" + std::to_string(seed_));
  for (int round = 0; round < 300 && !HasFailure(); ++round) {
    const auto chosen = words();
    boost_ = below(5) == 0 ? 0.037F : 1.0F;
    expect_equal(chosen, Operator::kOr);
    expect_equal(chosen, Operator::kAnd);
  }
}

TEST_F(BulkScorerTest, ManyWordsOfLikeWeightFindTheSame) {
  SCOPED_TRACE("TEST_SEED=" + std::to_string(seed_));
  for (int round = 0; round < 20 && !HasFailure(); ++round) {
    if (round == 10) delete_some(40);
    std::vector<std::string> chosen;
    for (int i = 0; i < 300; ++i) {
      if (below(4) != 0) chosen.push_back("w" + std::to_string(i));
    }
    expect_equal(chosen, Operator::kOr);
  }
}

TEST_F(BulkScorerTest, DeletedDocumentsNeitherCountNorRaiseTheBar) {
  SCOPED_TRACE("TEST_SEED=" + std::to_string(seed_));
  for (int round = 0; round < 60 && !HasFailure(); ++round) {
    if (round % 10 == 0) delete_some(40);
    const auto chosen = words();
    expect_equal(chosen, Operator::kOr);
    expect_equal(chosen, Operator::kAnd);
  }
}

TEST_F(BulkScorerTest, PhrasesThatCannotCompeteArePassedOver) {
  SCOPED_TRACE("TEST_SEED=" + std::to_string(seed_));
  for (int round = 0; round < 200 && !HasFailure(); ++round) {
    if (round % 50 == 0) delete_some(40);
    boost_ = below(5) == 0 ? 0.037F : 1.0F;
    expect_equal_phrase(slots(), below(4) == 0 ? 1 + below(3) : 0);
  }
}

TEST_F(BulkScorerTest, AFrequentTermIsKnownToPassTheLimitWithoutCounting) {
  const WeightPtr weight = bind({"w0", "w1"}, Operator::kOr, ScoreMode::kTopScores);
  EXPECT_GT(weight->known_matches(*snapshot_), kNumDocs / 4);
  EXPECT_EQ(bind({"w0", "w1"}, Operator::kAnd, ScoreMode::kTopScores)->known_matches(*snapshot_), 0);
}

TEST_F(BulkScorerTest, WhatIsCancelledStops) {
  base::Cancellation cancellation;
  cancellation.cancel();
  const WeightPtr weight = bind({"w0", "w1"}, Operator::kOr, ScoreMode::kTopScores);
  EXPECT_TRUE(find_top_docs(*snapshot_, *weight, {}, cancellation).timed_out);
}

TEST(TopScoresTest, KeepsTheBestAndOfEqualOnesTheFirst) {
  std::mt19937 random(7);
  for (const size_t num_hits : {1, 10, 128, 129, 500}) {
    TopScores top(num_hits, 0);
    std::vector<std::pair<float, DocId>> all;
    for (DocId doc = 0; doc < 3000; ++doc) {
      const auto score = static_cast<float>(random() % 200) / 7;
      all.emplace_back(score, doc);
      top.count(1);
      if (score >= top.bar()) top.offer(doc, score);
    }
    std::sort(all.begin(), all.end(),
              [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
    size_t at = 0;
    top.take_sorted([&](DocId doc, float score) {
      ASSERT_EQ(doc, all[at].second);
      ASSERT_EQ(score, all[at++].first);
    });
    EXPECT_EQ(at, num_hits);
  }
}

TEST(TopScoresTest, NothingIsPassedOverBeforeEnoughIsCounted) {
  TopScores top(1, 2);
  top.raise_bar(9);
  EXPECT_FALSE(top.pruning());
  EXPECT_EQ(top.bar(), 0);
  top.count(3);
  EXPECT_TRUE(top.pruning());
  EXPECT_EQ(top.bar(), 9);
}

}  // namespace
}  // namespace selene::search
