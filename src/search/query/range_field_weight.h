#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "search/query/field_values.h"
#include "search/query/query.h"

namespace selene::search {

/// How a range of a document lies to that of a query: they share a value, it holds the whole other one, it lies within it.
enum class RangeRelation : uint8_t { kIntersects, kContains, kWithin };

/// Any case. Errors: kIllegalArgument.
base::Result<RangeRelation> parse_range_relation(std::string_view name);

/// What a range query asks for.
struct RangeWanted {
  RangeBound lower;
  RangeBound upper;
  std::string_view format;  ///< of dates; empty: the field's
  std::string_view time_zone;
  RangeRelation relation = RangeRelation::kIntersects;
};

/// Documents of which one of the ranges in a range field stands so to `wanted`, constant score. Each range that a segment holds is
/// looked at once, up to those that begin too late. Errors: kIllegalArgument, kNumberFormat, kParse.
base::Result<WeightPtr> range_field_weight(const index::MappedField& field, const RangeWanted& wanted, int64_t now_ms, float boost);

}  // namespace selene::search
