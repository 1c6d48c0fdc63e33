#pragma once

#include "search/query/field_values.h"
#include "search/query/query.h"

namespace selene::search {

/// Values between bounds, constant score: {"range": {"f": {"gt|gte", "lt|lte", "format", "time_zone", "relation"}}}.
class RangeQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;

 private:
  std::string_view field_;
  RangeBound lower_;
  RangeBound upper_;
  std::string_view format_;
  std::string_view time_zone_;
};

}  // namespace selene::search
