#pragma once

#include "search/query/query.h"

namespace selene::search {

/// Documents near a date or place, the nearer the better: boost * pivot / (pivot + distance).
/// {"distance_feature": {"field", "origin", "pivot"}} on date, date_nanos and geo_point.
class DistanceFeatureQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;

 private:
  std::string_view field_;
  base::JsonValue origin_;
  base::JsonValue pivot_;
};

}  // namespace selene::search
