#pragma once

#include <functional>
#include <string>

#include "search/exec/weight.h"

namespace selene::search {

/// Documents that have a feature (rank_feature, rank_features), scored by a function of its weight.
class FeatureWeight final : public Weight {
 public:
  using Score = std::function<float(float weight)>;
  FeatureWeight(std::string field, std::string feature, Score score)
      : field_(std::move(field)), feature_(std::move(feature)), score_(std::move(score)) {}
  ScorerPtr scorer(const SegmentContext& segment) const override;
  std::string description() const override { return "FeatureQuery(field=" + field_ + ", feature=" + feature_ + ")"; }

 private:
  std::string field_;
  std::string feature_;
  Score score_;
};

}  // namespace selene::search
