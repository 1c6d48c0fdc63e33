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

/// Values of any field between bounds, constant score. Errors: kIllegalArgument, kNumberFormat, kParse.
base::Result<WeightPtr> range_weight(const BindContext& context, const index::MappedField& field, const RangeBound& lower,
                                     const RangeBound& upper, std::string_view format, std::string_view time_zone, float boost);

}  // namespace selene::search
