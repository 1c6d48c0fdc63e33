#pragma once

#include <memory>
#include <string>
#include <vector>

#include "search/exec/statistics.h"
#include "search/exec/weight.h"

namespace selene::search {

/// A token of a sparse query, bound to one snapshot.
struct SparseToken {
  std::string token;
  float weight = 0;           ///< all boosts in it; >= 0
  TermStatistics statistics;  ///< of the token in the field
};

/// Documents that hold any of some tokens of a sparse_vector or rank_features field. Score: the sum (in double) over the tokens of
/// query weight x stored weight (each product in float). Source: Lucene's FeatureField with linear functions in a BooleanQuery.
class SparseVectorWeight final : public Weight {
 public:
  SparseVectorWeight(std::string field, std::vector<SparseToken> tokens, ScoreMode mode)
      : field_(std::move(field)), tokens_(std::move(tokens)), mode_(mode) {}
  ScorerPtr scorer(const SegmentContext& segment) const override;
  bool finds_in_bulk() const override { return mode_ == ScoreMode::kTopScores; }
  std::unique_ptr<BulkScorer> bulk_scorer(const SegmentContext& segment) const override;
  int64_t known_matches(const index::Snapshot& snapshot) const override;
  Explanation explain(const SegmentContext& segment, DocId doc) const override;
  std::string description() const override;

 private:
  std::string field_;
  std::vector<SparseToken> tokens_;
  ScoreMode mode_;
};

}  // namespace selene::search
