#include "search/query/range_query.h"

#include "base/format.h"
#include "index/mapping/ip_address.h"
#include "search/query/field_weights.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

/// Terms between bounds, in byte order.
WeightPtr text_range_weight(const index::MappedField& field, const RangeBound& lower, const RangeBound& upper, float boost) {
  TermBounds bounds;
  if (!lower.value.is_null()) bounds.low = normalized_term(field, scalar_text(lower.value));
  if (!upper.value.is_null()) bounds.high = normalized_term(field, scalar_text(upper.value));
  bounds.low_inclusive = lower.inclusive;
  bounds.high_inclusive = upper.inclusive;
  return term_range_weight(field, std::move(bounds), boost);
}

/// Addresses between bounds.
base::Result<WeightPtr> ip_range_weight(const index::MappedField& field, const RangeBound& lower, const RangeBound& upper,
                                        float boost) {
  TermBounds bounds;
  bounds.low_inclusive = lower.inclusive;
  bounds.high_inclusive = upper.inclusive;
  if (!lower.value.is_null()) {
    ASSIGN_OR_RETURN(bounds.low, index::parse_ip(scalar_text(lower.value)));
  }
  if (!upper.value.is_null()) {
    ASSIGN_OR_RETURN(bounds.high, index::parse_ip(scalar_text(upper.value)));
  }
  return term_range_weight(field, std::move(bounds), boost);
}

/// Types whose values have no order.
bool has_no_ranges(index::FieldType type) {
  using index::FieldType;
  return type == FieldType::kConstantKeyword || type == FieldType::kRankFeature || type == FieldType::kRankFeatures ||
         type == FieldType::kSparseVector || type == FieldType::kBinary || type == FieldType::kGeoPoint ||
         type == FieldType::kDenseVector;
}

}  // namespace

base::Result<QueryPtr> RangeQuery::parse(QueryParser& parser, base::JsonValue body) {
  auto query = std::make_unique<RangeQuery>();
  for (const base::JsonMember outer : body.as_object()) {
    if (!outer.value.is_object()) {
      ASSIGN_OR_RETURN(const bool known, read_common(*query, outer));
      if (!known) return unsupported_key(parser, "range", outer);
      continue;
    }
    if (!query->field_.empty()) {
      return parsing_error(
          parser, outer.value,
          base::format("[range] query doesn't support multiple fields, found [{}] and [{}]", query->field_, outer.key));
    }
    query->field_ = outer.key;
    for (const base::JsonMember member : outer.value.as_object()) {
      ASSIGN_OR_RETURN(const bool known, read_common(*query, member));
      if (known) continue;
      if (member.value.is_object() || member.value.is_array()) return unsupported_key(parser, "range", member);
      const std::string_view key = member.key;
      if (key == "gt" || key == "gte") {
        query->wanted_.lower = {member.value, key == "gte"};
      } else if (key == "lt" || key == "lte") {
        query->wanted_.upper = {member.value, key == "lte"};
      } else if (key == "format" && member.value.is_string()) {
        query->wanted_.format = member.value.as_string();
      } else if (key == "time_zone" && member.value.is_string()) {
        query->wanted_.time_zone = member.value.as_string();
      } else if (key == "relation" && member.value.is_string()) {
        ASSIGN_OR_RETURN(query->wanted_.relation, parse_range_relation(member.value.as_string()));
      } else {
        return unsupported_key(parser, "range", member);
      }
    }
  }
  if (query->field_.empty()) return base::Error(base::ErrorCode::kIllegalArgument, "field name is null or empty");
  return query;
}

base::Result<WeightPtr> RangeQuery::weight(const BindContext& context, ScoreMode, float parent_boost) const {
  const index::MappedField* const field = context.mapping().find(field_);
  if (field == nullptr) return std::make_unique<MatchNoneWeight>();
  return range_weight(context, *field, wanted_, parent_boost * boost);
}

base::Result<WeightPtr> range_weight(const BindContext& context, const index::MappedField& field, const RangeWanted& wanted,
                                     float boost) {
  const auto& [lower, upper, format, time_zone, relation] = wanted;
  if (has_no_ranges(field.type)) {
    return base::Error(base::ErrorCode::kIllegalArgument, "Field [{}] of type [{}] does not support range queries", field.name,
                       field.type_name);
  }
  if (index::is_range(field.type)) return range_field_weight(field, wanted, context.now_ms, boost);
  RETURN_IF_ERROR(check_searchable(field));
  if (field.type == index::FieldType::kIp) return ip_range_weight(field, lower, upper, boost);
  if (!field.flattened_key.empty() && (lower.value.is_null() || upper.value.is_null())) {
    return base::Error(base::ErrorCode::kIllegalArgument,
                       "[range] queries on keyed [flattened] fields must include both an upper and a lower bound.");
  }
  if (holds_terms(field)) return text_range_weight(field, lower, upper, boost);
  ASSIGN_OR_RETURN(const EncodedRange range, encode_range(field, lower, upper, format, time_zone, context.now_ms));
  return numeric_range_weight(field, range, boost);
}

}  // namespace selene::search
