#include "search/query/constant_score_query.h"

#include "search/query/filter_context.h"
#include "search/query/parse_support.h"

namespace selene::search {

base::Result<QueryPtr> ConstantScoreQuery::parse(QueryParser& parser, base::JsonValue body) {
  auto query = std::make_unique<ConstantScoreQuery>();
  for (const base::JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool known, read_common(*query, member));
    if (known) continue;
    if (member.key != "filter") return unsupported_key(parser, "constant_score", member);
    if (query->filter_ != nullptr)
      return parsing_error(parser, member.value, "[constant_score] accepts only one [filter] element.");
    if (member.value.is_array()) return parsing_error(parser, member.value, "unexpected token [START_ARRAY]");
    ASSIGN_OR_RETURN(query->filter_, parse_query(parser, member.value));
  }
  if (query->filter_ == nullptr) return parsing_error(parser, body, "[constant_score] requires a 'filter' element");
  return query;
}

base::Result<WeightPtr> ConstantScoreQuery::weight(const BindContext& context, ScoreMode, float parent_boost) const {
  ASSIGN_OR_RETURN(WeightPtr filter, bind_filter(*filter_, context));
  return std::make_unique<ConstantScoreWeight>(std::move(filter), parent_boost * boost);
}

}  // namespace selene::search
