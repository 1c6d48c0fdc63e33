#include "search/query/fuzzy_query.h"

#include "base/format.h"
#include "search/query/field_weights.h"
#include "search/query/parse_support.h"
#include "search/query/pattern.h"

namespace selene::search {

base::Result<QueryPtr> FuzzyQuery::parse(QueryParser& parser, base::JsonValue body) {
  ASSIGN_OR_RETURN(const base::JsonMember field, read_single_field(parser, "fuzzy", body));
  auto query = std::make_unique<FuzzyQuery>();
  query->field_ = field.key;
  base::JsonValue value = field.value;
  if (field.value.is_object()) {
    value = {};
    for (const base::JsonMember member : field.value.as_object()) {
      ASSIGN_OR_RETURN(const bool common, read_common(*query, member));
      if (common || member.key == "rewrite") continue;
      if (member.key == "value" || member.key == "term") {
        value = member.value;
      } else if (member.key == "fuzziness") {
        ASSIGN_OR_RETURN(query->options_.fuzziness, Fuzziness::parse(scalar_text(member.value)));
      } else if (member.key == "prefix_length") {
        ASSIGN_OR_RETURN(query->options_.prefix_length, read_int(member.value, "prefix_length"));
      } else if (member.key == "max_expansions") {
        ASSIGN_OR_RETURN(query->options_.max_expansions, read_int(member.value, "max_expansions"));
      } else if (member.key == "transpositions") {
        ASSIGN_OR_RETURN(query->options_.transpositions, read_bool(member.value, "transpositions"));
      } else {
        return unsupported_key(parser, "fuzzy", member);
      }
    }
  }
  if (value.is_null() || value.is_array() || value.is_object())
    return base::Error(base::ErrorCode::kIllegalArgument, "value cannot be null");
  if (query->options_.max_expansions <= 0) return base::Error(base::ErrorCode::kIllegalArgument, "maxExpansions must be positive");
  query->value_ = scalar_text(value);
  return query;
}

base::Result<WeightPtr> FuzzyQuery::weight(const BindContext& context, ScoreMode mode, float parent_boost) const {
  const index::MappedField* const field = context.mapping().find(field_);
  if (field == nullptr) return std::make_unique<MatchNoneWeight>();
  if (!holds_terms(*field)) {
    return base::Error(base::ErrorCode::kIllegalArgument,
                       "Can only use fuzzy queries on keyword and text fields - not on [{}] which is of type [{}]", field->name,
                       field->type_name);
  }
  if (!field->flattened_key.empty())
    return base::Error(base::ErrorCode::kIllegalArgument,
                       "[fuzzy] queries are not currently supported on keyed [flattened] fields.");
  RETURN_IF_ERROR(check_searchable(*field));
  return fuzzy_weight(context, *field, value_, options_, mode, parent_boost * boost);
}

}  // namespace selene::search
