#include "search/query/dis_max_query.h"

#include "search/exec/boolean_weight.h"
#include "search/query/parse_support.h"

namespace selene::search {

base::Result<QueryPtr> DisMaxQuery::parse(QueryParser& parser, base::JsonValue body) {
  auto query = std::make_unique<DisMaxQuery>();
  bool has_queries = false;
  for (const base::JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool known, read_common(*query, member));
    if (known) continue;
    if (member.key == "queries") {
      has_queries = true;
      RETURN_IF_ERROR(parse_query_list(parser, member.value, query->queries_));
    } else if (member.key == "tie_breaker") {
      ASSIGN_OR_RETURN(query->tie_breaker_, read_float(member.value, "tie_breaker"));
    } else {
      return unsupported_key(parser, "dis_max", member);
    }
  }
  if (!has_queries || query->queries_.empty()) {
    return parsing_error(parser, body, "[dis_max] requires 'queries' field with at least one clause");
  }
  return query;
}

base::Result<WeightPtr> DisMaxQuery::weight(const BindContext& context, ScoreMode mode, float parent_boost) const {
  std::vector<WeightPtr> weights;
  for (const QueryPtr& query : queries_) {
    ASSIGN_OR_RETURN(WeightPtr weight, query->weight(context, mode, parent_boost * boost));
    weights.push_back(std::move(weight));
  }
  if (weights.size() == 1) return std::move(weights.front());
  return std::make_unique<DisMaxWeight>(std::move(weights), tie_breaker_);
}

std::vector<const Query*> DisMaxQuery::children() const {
  std::vector<const Query*> all;
  for (const QueryPtr& query : queries_) all.push_back(query.get());
  return all;
}

}  // namespace selene::search
