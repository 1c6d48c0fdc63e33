#include "search/query/term_query.h"

#include "search/query/field_weights.h"
#include "search/query/parse_support.h"
#include "search/query/pattern.h"

namespace selene::search {

base::Result<QueryPtr> TermQuery::parse(QueryParser& parser, base::JsonValue body) {
  ASSIGN_OR_RETURN(const base::JsonMember field, read_single_field(parser, "term", body));
  auto query = std::make_unique<TermQuery>();
  query->field_ = field.key;
  if (field.value.is_array()) return parsing_error(parser, field.value, "[term] query does not support array of values");
  query->value_ = field.value;
  if (field.value.is_object()) {
    query->value_ = {};
    for (const base::JsonMember member : field.value.as_object()) {
      ASSIGN_OR_RETURN(const bool known, read_common(*query, member));
      if (known) continue;
      if (member.key == "value" || member.key == "term") {
        if (member.value.is_array()) return parsing_error(parser, member.value, "[term] query does not support array of values");
        query->value_ = member.value;
      } else if (member.key == "case_insensitive") {
        ASSIGN_OR_RETURN(query->case_insensitive_, read_bool(member.value, "case_insensitive"));
      } else {
        return unsupported_key(parser, "term", member);
      }
    }
  }
  if (query->value_.is_null()) return base::Error(base::ErrorCode::kIllegalArgument, "value cannot be null");
  return query;
}

base::Result<WeightPtr> TermQuery::weight(const BindContext& context, ScoreMode, float parent_boost) const {
  if (case_insensitive_) {
    const index::MappedField* const field = context.mapping().find(field_);
    if (field != nullptr && index::is_range(field->type)) {
      return base::Error(base::ErrorCode::kQueryShard,
                         "[{}] field which is of type [{}], does not support case insensitive term queries", field->name,
                         field->type_name);
    }
    if (field != nullptr && holds_terms(*field)) {
      return pattern_weight(context, *field,
                            TermPattern::literal(normalized_term(*field, scalar_text(value_)), CaseMatching::kInsensitive),
                            parent_boost * boost);
    }
  }
  return exact_weight(context, field_, value_, parent_boost * boost);
}

}  // namespace selene::search
