#include "search/query/match_query.h"

#include "base/format.h"
#include "search/query/match_weights.h"
#include "search/query/parse_support.h"

namespace selene::search {

base::Result<QueryPtr> MatchQuery::parse(QueryParser& parser, base::JsonValue body) {
  ASSIGN_OR_RETURN(const base::JsonMember field, read_single_field(parser, "match", body));
  auto query = std::make_unique<MatchQuery>();
  query->field_ = field.key;
  query->text_ = field.value;
  if (field.value.is_array()) {
    return parsing_error(parser, field.value, base::format("[match] unknown token [START_ARRAY] after [{}]", field.key));
  }
  if (field.value.is_object()) {
    query->text_ = {};
    for (const base::JsonMember member : field.value.as_object()) {
      ASSIGN_OR_RETURN(const bool common, read_common(*query, member));
      if (common) continue;
      if (member.key == "query" && !member.value.is_object() && !member.value.is_array()) {
        query->text_ = member.value;
        continue;
      }
      ASSIGN_OR_RETURN(const bool known,
                       member.key == "slop" ? base::Result<bool>(false) : read_match_option(member, query->options_));
      if (known) continue;
      return unsupported_scalar(parser, "match", member);
    }
  }
  if (query->text_.is_null()) return base::Error(base::ErrorCode::kIllegalArgument, "[match] requires query value");
  return query;
}

base::Result<WeightPtr> MatchQuery::weight(const BindContext& context, ScoreMode mode, float parent_boost) const {
  return match_weight(context, field_, text_, options_, MatchKind::kBoolean, mode, parent_boost * boost);
}

}  // namespace selene::search
