#pragma once

#include <string>

#include "search/exec/weight.h"

namespace selene::search {

/// The documents of `inner` that score at least `min_score`. REQUIRES: inner bound with scores (kComplete).
class MinScoreWeight final : public Weight {
 public:
  MinScoreWeight(WeightPtr inner, float min_score) : inner_(std::move(inner)), min_score_(min_score) {}
  ScorerPtr scorer(const SegmentContext& segment) const override;
  std::string description() const override { return inner_->description(); }

 private:
  WeightPtr inner_;
  float min_score_;
};

}  // namespace selene::search
