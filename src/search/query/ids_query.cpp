#include "search/query/ids_query.h"

#include "base/format.h"
#include "search/query/field_weights.h"
#include "search/query/parse_support.h"

namespace selene::search {

base::Result<QueryPtr> IdsQuery::parse(QueryParser& parser, base::JsonValue body) {
  auto query = std::make_unique<IdsQuery>();
  for (const base::JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool known, read_common(*query, member));
    if (known) continue;
    if (member.key != "values") {
      return x_content_error(
          parser.document, member.value,
          base::format("[ids] unknown field [{}]{}", member.key, did_you_mean(member.key, {"values", "boost", "_name"})));
    }
    if (!member.value.is_array()) {
      query->values_.push_back(scalar_text(member.value));
      continue;
    }
    for (const base::JsonValue value : member.value.as_array()) {
      if (value.is_object() || value.is_array() || value.is_null()) {
        return x_content_error(parser.document, value,
                               base::format("[ids] failed to parse field [values]: found [{}]", token_name(value)));
      }
      query->values_.push_back(scalar_text(value));
    }
  }
  return query;
}

base::Result<WeightPtr> IdsQuery::weight(const BindContext&, ScoreMode, float parent_boost) const {
  return ids_weight(values_, parent_boost * boost);
}

}  // namespace selene::search
