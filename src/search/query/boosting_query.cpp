#include "search/query/boosting_query.h"

#include "search/exec/boolean_weight.h"
#include "search/query/filter_context.h"
#include "search/query/parse_support.h"

namespace selene::search {

base::Result<QueryPtr> BoostingQuery::parse(QueryParser& parser, base::JsonValue body) {
  auto query = std::make_unique<BoostingQuery>();
  bool has_negative_boost = false;
  for (const base::JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool known, read_common(*query, member));
    if (known) continue;
    if (member.key == "positive") {
      ASSIGN_OR_RETURN(query->positive_, parse_query(parser, member.value));
    } else if (member.key == "negative") {
      ASSIGN_OR_RETURN(query->negative_, parse_query(parser, member.value));
    } else if (member.key == "negative_boost") {
      ASSIGN_OR_RETURN(query->negative_boost_, read_float(member.value, "negative_boost"));
      has_negative_boost = true;
    } else {
      return unsupported_key(parser, "boosting", member);
    }
  }
  if (query->positive_ == nullptr) return parsing_error(parser, body, "[boosting] query requires 'positive' query to be set'");
  if (query->negative_ == nullptr) return parsing_error(parser, body, "[boosting] query requires 'negative' query to be set'");
  if (!has_negative_boost || query->negative_boost_ < 0) {
    return parsing_error(parser, body, "[boosting] query requires 'negative_boost' to be set to be a positive value'");
  }
  return query;
}

/// The positive query scores without the boost, which counts afterwards as in Lucene: a function_score of boost_mode max tells.
base::Result<WeightPtr> BoostingQuery::weight(const BindContext& context, ScoreMode mode, float parent_boost) const {
  ASSIGN_OR_RETURN(WeightPtr positive, positive_->weight(context, mode, 1));
  ASSIGN_OR_RETURN(WeightPtr negative, bind_filter(*negative_, context));
  return std::make_unique<BoostingWeight>(std::move(positive), std::move(negative), negative_boost_, parent_boost * boost);
}

}  // namespace selene::search
