#include "search/query/range_query.h"

#include <algorithm>
#include <array>

#include "base/format.h"
#include "search/exec/doc_set_weight.h"
#include "search/query/field_weights.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

/// Terms between bounds, in byte order.
WeightPtr text_range_weight(const index::MappedField& field, const RangeBound& lower, const RangeBound& upper, float boost) {
  const bool has_low = !lower.value.is_null();
  const bool has_high = !upper.value.is_null();
  auto fill = [name = field.name, has_low, has_high, low = has_low ? normalized_term(field, scalar_text(lower.value)) : "",
               high = has_high ? normalized_term(field, scalar_text(upper.value)) : "", low_inclusive = lower.inclusive,
               high_inclusive = upper.inclusive](const SegmentContext& segment, std::vector<DocId>& docs) {
    const index::FieldTerms* const terms = segment.reader().terms(name);
    if (terms == nullptr) return;
    const auto cursor = terms->terms();
    if (has_low) cursor->seek(low);
    for (; cursor->valid(); cursor->next()) {
      const std::string_view term = cursor->term();
      if (has_low && !low_inclusive && term == low) continue;
      if (has_high && (term > high || (term == high && !high_inclusive))) break;
      append_postings(terms->postings(cursor->meta()), docs);
    }
  };
  return std::make_unique<DocSetWeight>(std::move(fill), boost, field.name + ":[.. TO ..]");
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
        query->lower_ = {member.value, key == "gte"};
      } else if (key == "lt" || key == "lte") {
        query->upper_ = {member.value, key == "lte"};
      } else if (key == "format" && member.value.is_string()) {
        query->format_ = member.value.as_string();
      } else if (key == "time_zone" && member.value.is_string()) {
        query->time_zone_ = member.value.as_string();
      } else if (key == "relation" && member.value.is_string()) {
        constexpr std::array<std::string_view, 6> kRelations = {"intersects", "within", "contains",
                                                                "INTERSECTS", "WITHIN", "CONTAINS"};
        if (std::find(kRelations.begin(), kRelations.end(), member.value.as_string()) == kRelations.end()) {
          return base::Error(base::ErrorCode::kIllegalArgument, "{} is not a valid relation", member.value.as_string());
        }
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
  RETURN_IF_ERROR(check_searchable(*field));
  if (holds_terms(*field)) return text_range_weight(*field, lower_, upper_, parent_boost * boost);
  ASSIGN_OR_RETURN(const EncodedRange range, encode_range(*field, lower_, upper_, format_, time_zone_, context.now_ms));
  return numeric_range_weight(*field, range, parent_boost * boost);
}

}  // namespace selene::search
