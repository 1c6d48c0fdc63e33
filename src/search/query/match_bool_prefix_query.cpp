#include "search/query/match_bool_prefix_query.h"

#include "base/format.h"
#include "search/query/match_weights.h"
#include "search/query/parse_support.h"

namespace selene::search {

base::Result<QueryPtr> MatchBoolPrefixQuery::parse(QueryParser& parser, base::JsonValue body) {
  ASSIGN_OR_RETURN(const base::JsonMember field, read_single_field(parser, "match_bool_prefix", body));
  auto query = std::make_unique<MatchBoolPrefixQuery>();
  query->field_ = field.key;
  query->text_ = field.value;
  if (field.value.is_object()) {
    query->text_ = {};
    for (const base::JsonMember member : field.value.as_object()) {
      ASSIGN_OR_RETURN(const bool common, read_common(*query, member));
      if (common) continue;
      if (member.key == "query" && !member.value.is_object() && !member.value.is_array()) {
        query->text_ = member.value;
        continue;
      }
      const bool refused = member.key == "slop" || member.key == "lenient" || member.key == "zero_terms_query";
      ASSIGN_OR_RETURN(const bool known, refused ? base::Result<bool>(false) : read_match_option(member, query->options_));
      if (!known) return unsupported_key(parser, "match_bool_prefix", member);
    }
  }
  if (query->text_.is_null() || query->text_.is_array()) {
    return base::Error(base::ErrorCode::kIllegalArgument, "[match_bool_prefix] requires query value");
  }
  return query;
}

base::Result<WeightPtr> MatchBoolPrefixQuery::weight(const BindContext& context, ScoreMode mode, float parent_boost) const {
  return match_weight(context, field_, text_, options_, MatchKind::kBoolPrefix, mode, parent_boost * boost);
}

}  // namespace selene::search
