#pragma once

#include "search/query/field_values.h"
#include "search/query/query.h"
#include "search/query/range_field_weight.h"

namespace selene::search {

/// Values between bounds, constant score: {"range": {"f": {"gt|gte", "lt|lte", "format", "time_zone", "relation"}}}.
class RangeQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;

 private:
  std::string_view field_;
  RangeWanted wanted_;
};

/// Values of any field between bounds, constant score; only fields of ranges look at the relation. Errors: kIllegalArgument,
/// kNumberFormat, kParse.
base::Result<WeightPtr> range_weight(const BindContext& context, const index::MappedField& field, const RangeWanted& wanted,
                                     float boost);

}  // namespace selene::search
