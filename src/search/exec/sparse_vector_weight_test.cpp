// Sparse vectors against an evaluator that reads all documents: the same documents and scores to the last bit.

#include "search/exec/sparse_vector_weight.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "index/mapping/feature_weight.h"
#include "search/exec/boolean_weight.h"
#include "search/exec/query_phase.h"
#include "search/search_fixture.h"
#include "tests/reference/test_random.h"

namespace selene::search {
namespace {

using Vector = std::map<std::string, float>;

class SparseVectorWeightTest : public SearchFixture {
 protected:
  static constexpr int kNumDocs = 4000;

  void SetUp() override {
    SearchFixture::SetUp();
    create("s", R"({"mappings":{"properties":{"v":{"type":"sparse_vector"}}}})");
    for (const int num_docs : {100, kNumDocs / 3, kNumDocs}) fill(num_docs, 30);
    take_snapshot();
  }
  /// Up to so many documents, as a segment.
  void fill(int num_docs, uint64_t max_tokens) {
    std::vector<std::pair<std::string, std::string>> batch;
    while (static_cast<int>(documents_.size()) < num_docs) {
      const std::string id = std::to_string(documents_.size());
      documents_.push_back(vector(1 + random_.below(max_tokens)));
      batch.emplace_back(id, R"({"v":)" + json(documents_.back()) + "}");
    }
    add("s", batch);
  }
  void take_snapshot() { snapshot_ = catalog_->find("s")->engine->snapshot(); }
  static std::string json(const Vector& vector) {
    base::JsonWriter out;
    out.begin_object();
    for (const auto& [token, weight] : vector) out.field(token, weight);
    return out.end_object().take();
  }
  /// Frequent and rare tokens; weights of which many are equal, some very small.
  Vector vector(uint64_t size) {
    Vector vector;
    while (vector.size() < size) {
      const double u = static_cast<double>(random_.below(1 << 20)) / (1 << 20);
      const auto token = static_cast<int>(std::pow(u, 3) * 300);
      const float weight = random_.one_in(50) ? 1e-6F : static_cast<float>(1 + random_.below(40)) / (random_.one_in(2) ? 8 : 7);
      vector["t" + std::to_string(token)] = weight;
    }
    return vector;
  }
  void delete_some(int count) {
    for (int i = 0; i < count; ++i) {
      const auto doc = random_.below(documents_.size());
      if (documents_[doc].empty()) continue;
      remove("s", std::to_string(doc));
      documents_[doc].clear();
    }
    take_snapshot();
  }

  struct Hit {
    std::string id;
    float score;
    bool operator==(const Hit&) const = default;
  };
  std::vector<Hit> reference(const Vector& query, size_t num_hits, const std::string& needed) const {
    std::vector<std::pair<float, size_t>> scored;
    for (size_t doc = 0; doc < documents_.size(); ++doc) {
      double sum = 0;
      bool match = false;
      for (const auto& [token, weight] : query) {
        const auto found = documents_[doc].find(token);
        if (found == documents_[doc].end()) continue;
        match = true;
        sum += static_cast<double>(weight * index::decode_feature_weight(index::encode_feature_weight(found->second)));
      }
      if (match && (needed.empty() || documents_[doc].contains(needed))) scored.emplace_back(static_cast<float>(sum), doc);
    }
    std::sort(scored.begin(), scored.end(),
              [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
    num_matches_ = static_cast<int64_t>(scored.size());
    std::vector<Hit> hits;
    for (size_t i = 0; i < scored.size() && i < num_hits; ++i) hits.push_back({std::to_string(scored[i].second), scored[i].first});
    return hits;
  }
  WeightPtr bind(const Vector& query, ScoreMode mode) const {
    std::vector<SparseToken> tokens;
    for (const auto& [token, weight] : query) tokens.push_back({token, weight, term_statistics(*snapshot_, "v", token)});
    return std::make_unique<SparseVectorWeight>("v", std::move(tokens), mode);
  }
  std::vector<Hit> hits_of(const ShardTopDocs& top) const {
    std::vector<Hit> hits;
    for (const ScoredDoc& found : top.docs) {
      size_t segment = snapshot_->segments().size() - 1;
      while (snapshot_->segments()[segment].doc_base > found.doc) --segment;
      const index::SegmentView& view = snapshot_->segments()[segment];
      hits.push_back({std::string(view.reader->id(found.doc - view.doc_base)), found.score});
    }
    return hits;
  }
  void expect_equal(const Vector& query) { expect_equal(query, 1 + random_.below(random_.one_in(4) ? 2000 : 30)); }
  void expect_equal(const Vector& query, size_t num_hits) {
    QueryPhaseOptions options;
    options.num_hits = static_cast<int32_t>(num_hits);
    const std::vector<Hit> expected = reference(query, num_hits, "");
    constexpr int32_t kLimits[] = {0, 1, 100, 1000, std::numeric_limits<int32_t>::max()};
    options.track_total_hits_up_to = kLimits[random_.below(5)];
    const WeightPtr fast = bind(query, ScoreMode::kTopScores);
    ASSERT_TRUE(fast->finds_in_bulk());
    const ShardTopDocs best = find_top_docs(*snapshot_, *fast, options, base::Cancellation());
    ASSERT_EQ(hits_of(best), expected);
    if (best.total_relation == TotalRelation::kEqualTo) {
      ASSERT_EQ(best.total_hits, num_matches_);
    }
    const WeightPtr slow = bind(query, ScoreMode::kComplete);
    ASSERT_EQ(hits_of(find_top_docs(*snapshot_, *slow, options, base::Cancellation())), expected);
    BooleanWeight::Clauses clauses;
    clauses.must.push_back(bind(query, ScoreMode::kTopScores));
    clauses.filter.push_back(bind({{"t3", 1.0F}}, ScoreMode::kNone));
    const BooleanWeight filtered(std::move(clauses), ScoreMode::kTopScores);
    ASSERT_EQ(hits_of(find_top_docs(*snapshot_, filtered, options, base::Cancellation())), reference(query, num_hits, "t3"));
  }
  void compare(int num_rounds) {
    for (int round = 0; round < num_rounds && !HasFailure(); ++round) {
      if (random_.one_in(8)) delete_some(20);
      expect_equal(vector(1 + random_.below(25)));
    }
  }

  reference::TestRandom random_;
  std::vector<Vector> documents_;  ///< empty: deleted
  mutable int64_t num_matches_ = 0;
  std::shared_ptr<const index::Snapshot> snapshot_;
};

TEST_F(SparseVectorWeightTest, FindsWhatReadingEveryDocumentFinds) {
  SCOPED_TRACE(random_.trace());
  EXPECT_GT(snapshot_->segments().size(), 1U);
  compare(60);
}

TEST_F(SparseVectorWeightTest, MergedSegmentsFindTheSame) {
  SCOPED_TRACE(random_.trace());
  delete_some(50);
  ASSERT_TRUE(catalog_->find("s")->engine->force_merge(1).has_value());
  take_snapshot();
  ASSERT_EQ(snapshot_->segments().size(), 1U);
  compare(20);
}

TEST_F(SparseVectorWeightTest, SegmentsOfManyWindowsFindTheSame) {
  SCOPED_TRACE(random_.trace());
  fill(75'000, 5);
  delete_some(50);
  ASSERT_TRUE(catalog_->find("s")->engine->force_merge(1).has_value());
  take_snapshot();
  compare(15);
  for (const size_t num_hits : {5'000, 20'000}) expect_equal(vector(25), num_hits);  // more than is scored at once
}

TEST_F(SparseVectorWeightTest, WeightsTooFarApartForAnExactSumAreAddedUpOneByOne) {
  SCOPED_TRACE(random_.trace());
  for (int round = 0; round < 10 && !HasFailure(); ++round) {
    Vector query = vector(5);
    query["t1"] = 1e9F;
    query["t2"] = 1e-9F;
    expect_equal(query);
  }
}

TEST_F(SparseVectorWeightTest, MoreTokensThanAQueryMayHaveClausesAreRefused) {
  Vector tokens;
  for (int i = 0; i < 4096; ++i) tokens["t" + std::to_string(i)] = 1;
  const std::string start = R"({"query":{"sparse_vector":{"field":"v","query_vector":)";
  EXPECT_EQ(ids(search("s", start + json(tokens) + "}}}")).size(), 10);
  tokens["one more"] = 1;
  const base::Error error = search_error("s", start + json(tokens) + "}}}");
  EXPECT_EQ(error.code(), base::ErrorCode::kSearchPhaseExecution);
  ASSERT_NE(error.cause(), nullptr);
  EXPECT_NE(error.cause()->reason().find("too many nested clauses; maxClauseCount is set to 4096"), std::string::npos)
      << error.cause()->reason();
}

}  // namespace
}  // namespace selene::search
