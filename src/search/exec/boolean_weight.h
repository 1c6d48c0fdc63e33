#pragma once

#include <string>
#include <vector>

#include "search/exec/weight.h"

namespace selene::search {

/// Clauses of a `bool`: must and filter have to match, must_not may not, at least `min_should_match` of should.
/// With must or filter present, should is optional unless min_should_match > 0; without them at least one is needed.
/// Score: must and should that match, summed in double (Lucene's BooleanQuery).
class BooleanWeight final : public Weight {
 public:
  struct Clauses {
    std::vector<WeightPtr> must;
    std::vector<WeightPtr> filter;
    std::vector<WeightPtr> should;
    std::vector<WeightPtr> must_not;
    int32_t min_should_match = 0;
  };
  BooleanWeight(Clauses clauses, ScoreMode mode) : clauses_(std::move(clauses)), mode_(mode) {}
  ScorerPtr scorer(const SegmentContext& segment) const override;
  /// For terms only: any of should, or all of must.
  bool finds_in_bulk() const override { return mode_ == ScoreMode::kTopScores && (any_of_terms() || all_of_terms()); }
  std::unique_ptr<BulkScorer> bulk_scorer(const SegmentContext& segment) const override;
  int64_t known_matches(const index::Snapshot& snapshot) const override;
  bool add_filter_key(FilterKey& key) const override;
  Explanation explain(const SegmentContext& segment, DocId doc) const override;
  std::string description() const override;

 private:
  bool any_of_terms() const;
  bool all_of_terms() const;
  ScorerPtr required_scorer(const SegmentContext& segment, bool* none) const;
  ScorerPtr optional_scorer(const SegmentContext& segment) const;
  int32_t needed() const;

  Clauses clauses_;
  ScoreMode mode_;
};

/// One weight for a disjunction: none, the only one, or a BooleanWeight.
WeightPtr make_disjunction(std::vector<WeightPtr> weights, ScoreMode mode);

/// Documents of any of `weights`; the best score plus `tie_breaker` times the others (Lucene's DisjunctionMaxQuery).
class DisMaxWeight final : public Weight {
 public:
  DisMaxWeight(std::vector<WeightPtr> weights, float tie_breaker) : weights_(std::move(weights)), tie_breaker_(tie_breaker) {}
  ScorerPtr scorer(const SegmentContext& segment) const override;
  bool add_filter_key(FilterKey& key) const override;
  Explanation explain(const SegmentContext& segment, DocId doc) const override;
  std::string description() const override;

 private:
  std::vector<WeightPtr> weights_;
  float tie_breaker_;
};

/// `positive`, worth `negative_boost` of its score where `negative` matches.
class BoostingWeight final : public Weight {
 public:
  BoostingWeight(WeightPtr positive, WeightPtr negative, float negative_boost, float boost)
      : positive_(std::move(positive)), negative_(std::move(negative)), negative_boost_(negative_boost), boost_(boost) {}
  ScorerPtr scorer(const SegmentContext& segment) const override;
  std::string description() const override;

 private:
  WeightPtr positive_;
  WeightPtr negative_;
  float negative_boost_;
  float boost_;
};

}  // namespace selene::search
