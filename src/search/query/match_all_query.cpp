#include "search/query/match_all_query.h"

#include "search/query/parse_support.h"

namespace selene::search {
namespace {

template <class QueryType>
base::Result<QueryPtr> parse_bare(const QueryParser& parser, std::string_view name, base::JsonValue body) {
  auto query = std::make_unique<QueryType>();
  for (const base::JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool known, read_common(*query, member));
    if (known) continue;
    const std::string unknown = "[" + std::string(name) + "] unknown field [" + std::string(member.key) + "]";
    return x_content_error(parser.document, member.value, unknown + did_you_mean(member.key, {"boost", "_name"}));
  }
  return query;
}

}  // namespace

base::Result<QueryPtr> MatchAllQuery::parse(QueryParser& parser, base::JsonValue body) {
  return parse_bare<MatchAllQuery>(parser, "match_all", body);
}

base::Result<WeightPtr> MatchAllQuery::weight(const BindContext&, ScoreMode, float parent_boost) const {
  return std::make_unique<MatchAllWeight>(parent_boost * boost);
}

base::Result<QueryPtr> MatchNoneQuery::parse(QueryParser& parser, base::JsonValue body) {
  return parse_bare<MatchNoneQuery>(parser, "match_none", body);
}

base::Result<WeightPtr> MatchNoneQuery::weight(const BindContext&, ScoreMode, float) const {
  return std::make_unique<MatchNoneWeight>();
}

}  // namespace selene::search
