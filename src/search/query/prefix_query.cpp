#include "search/query/prefix_query.h"

#include "base/format.h"
#include "search/query/field_weights.h"
#include "search/query/parse_support.h"

namespace selene::search {

base::Result<QueryPtr> PrefixQuery::parse(QueryParser& parser, base::JsonValue body) {
  ASSIGN_OR_RETURN(const base::JsonMember field, read_single_field(parser, "prefix", body));
  auto query = std::make_unique<PrefixQuery>();
  query->field_ = field.key;
  base::JsonValue value = field.value;
  if (field.value.is_object()) {
    value = {};
    for (const base::JsonMember member : field.value.as_object()) {
      ASSIGN_OR_RETURN(const bool common, read_common(*query, member));
      if (common || member.key == "rewrite") continue;
      if (member.key == "value") {
        value = member.value;
      } else if (member.key == "case_insensitive") {
        ASSIGN_OR_RETURN(const bool insensitive, read_bool(member.value, "case_insensitive"));
        query->matching_ = insensitive ? CaseMatching::kInsensitive : CaseMatching::kSensitive;
      } else {
        return unsupported_key(parser, "prefix", member);
      }
    }
  }
  if (value.is_null() || value.is_array() || value.is_object())
    return base::Error(base::ErrorCode::kIllegalArgument, "value cannot be null");
  query->value_ = scalar_text(value);
  return query;
}

base::Result<WeightPtr> PrefixQuery::weight(const BindContext& context, ScoreMode, float parent_boost) const {
  const index::MappedField* const field = context.mapping().find(field_);
  if (field == nullptr) return std::make_unique<MatchNoneWeight>();
  RETURN_IF_ERROR(check_takes_patterns(*field, "prefix"));
  return pattern_weight(context, *field, TermPattern::prefix(normalized_term(*field, value_), matching_), parent_boost * boost);
}

}  // namespace selene::search
