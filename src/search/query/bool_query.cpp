#include "search/query/bool_query.h"

#include "base/format.h"
#include "search/exec/boolean_weight.h"
#include "search/query/clause_limit.h"
#include "search/query/filter_context.h"
#include "search/query/minimum_should_match.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

base::Status bind_all(const std::vector<QueryPtr>& queries, const BindContext& context, ScoreMode mode, float boost,
                      std::vector<WeightPtr>& weights) {
  for (const QueryPtr& query : queries) {
    ASSIGN_OR_RETURN(WeightPtr weight, bind_in_mode(*query, context, mode, boost));
    weights.push_back(std::move(weight));
  }
  return {};
}

}  // namespace

base::Result<QueryPtr> BoolQuery::parse(QueryParser& parser, base::JsonValue body) {
  auto query = std::make_unique<BoolQuery>();
  for (const base::JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool known, read_common(*query, member));
    if (known) continue;
    const std::string_view key = member.key;
    if (key == "must") {
      RETURN_IF_ERROR(parse_query_list(parser, member.value, query->must_));
    } else if (key == "filter") {
      RETURN_IF_ERROR(parse_query_list(parser, member.value, query->filter_));
    } else if (key == "should") {
      RETURN_IF_ERROR(parse_query_list(parser, member.value, query->should_));
    } else if (key == "must_not" || key == "mustNot") {
      RETURN_IF_ERROR(parse_query_list(parser, member.value, query->must_not_));
    } else if (key == "minimum_should_match") {
      if (member.value.is_object() || member.value.is_array()) {
        return x_content_error(
            parser.document, member.value,
            base::format("[bool] minimum_should_match doesn't support values of type: {}", token_name(member.value)));
      }
      query->minimum_should_match_ = member.value.is_null() ? "" : scalar_text(member.value);
    } else if (key == "adjust_pure_negative") {
      RETURN_IF_ERROR(read_bool(member.value, key));
    } else {
      const std::string unknown = base::format("[bool] unknown field [{}]", key);
      return x_content_error(
          parser.document, member.value,
          unknown + did_you_mean(key, {"must", "filter", "should", "must_not", "minimum_should_match", "boost", "_name"}));
    }
  }
  const size_t num_clauses = query->must_.size() + query->filter_.size() + query->should_.size() + query->must_not_.size();
  if (num_clauses > kMaxClauses) return too_many_clauses();
  return query;
}

base::Result<WeightPtr> BoolQuery::weight(const BindContext& context, ScoreMode mode, float parent_boost) const {
  const float total_boost = parent_boost * boost;
  if (must_.empty() && filter_.empty() && should_.empty() && must_not_.empty())
    return std::make_unique<MatchAllWeight>(total_boost);
  BooleanWeight::Clauses clauses;
  RETURN_IF_ERROR(bind_all(must_, context, mode, total_boost, clauses.must));
  RETURN_IF_ERROR(bind_all(filter_, context, ScoreMode::kNone, 1, clauses.filter));
  RETURN_IF_ERROR(bind_all(should_, context, mode, total_boost, clauses.should));
  RETURN_IF_ERROR(bind_all(must_not_, context, ScoreMode::kNone, 1, clauses.must_not));
  if (must_.empty() && filter_.empty() && should_.empty()) clauses.filter.push_back(std::make_unique<MatchAllWeight>(0.0F));
  if (!minimum_should_match_.empty() && !should_.empty()) {
    const auto num_should = static_cast<int32_t>(should_.size());
    ASSIGN_OR_RETURN(clauses.min_should_match, minimum_should_match(num_should, minimum_should_match_));
    if (clauses.min_should_match > num_should) return std::make_unique<MatchNoneWeight>();
  }
  return std::make_unique<BooleanWeight>(std::move(clauses), mode);
}

std::vector<const Query*> BoolQuery::children() const {
  std::vector<const Query*> all;
  for (const auto* queries : {&must_, &filter_, &should_, &must_not_}) {
    for (const QueryPtr& query : *queries) all.push_back(query.get());
  }
  return all;
}

}  // namespace selene::search
