// _query_rules: rulesets that pin or exclude documents.

#include <algorithm>
#include <map>

#include "rest/handlers/search/search_handlers.h"
#include "rest/handlers/support.h"
#include "search/request/query_rulesets.h"

namespace selene::rest {

namespace {

using base::Error;
using base::ErrorCode;
using search::QueryRule;
using search::QueryRulesets;

RestResponse put_result(QueryRulesets::Put put) {
  const bool created = put == QueryRulesets::Put::kCreated;
  base::JsonWriter out;
  out.begin_object().field("result", created ? "created" : "updated").end_object();
  return json_response(out.take(), created ? 201 : 200);
}

void write_counts(base::JsonWriter& out, std::string_view key, const std::map<std::string_view, int32_t>& counts) {
  out.key(key).begin_object();
  for (const auto& [name, count] : counts) out.field(name, count);
  out.end_object();
}

void write_summary(base::JsonWriter& out, const search::QueryRuleset& ruleset) {
  std::map<std::string_view, int32_t> criteria;
  std::map<std::string_view, int32_t> types;
  for (const QueryRule& rule : ruleset.rules) {
    ++types[search::rule_type_name(rule.type)];
    for (const search::RuleCriterion& criterion : rule.criteria) ++criteria[search::criterion_type_name(criterion.type)];
  }
  out.begin_object().field("ruleset_id", ruleset.id).field("rule_total_count", ruleset.rules.size());
  write_counts(out, "rule_criteria_types_counts", criteria);
  write_counts(out, "rule_type_counts", types);
  out.end_object();
}

}  // namespace

base::Result<RestResponse> put_query_ruleset(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, required_body(request));
  ASSIGN_OR_RETURN(const auto put, services.searches.query_rulesets().put(request.path_param("ruleset_id"), body.root()));
  return put_result(put);
}

base::Result<RestResponse> get_query_ruleset(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const auto ruleset, services.searches.query_rulesets().get(request.path_param("ruleset_id")));
  base::JsonWriter out;
  ruleset.write(out);
  return json_response(out.take());
}

base::Result<RestResponse> delete_query_ruleset(const Services& services, const RestRequest& request) {
  RETURN_IF_ERROR(services.searches.query_rulesets().remove(request.path_param("ruleset_id")));
  return acknowledged();
}

base::Result<RestResponse> list_query_rulesets(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const int64_t from, request.int_param("from", 0));
  ASSIGN_OR_RETURN(const int64_t size, request.int_param("size", 100));
  if (from < 0) return Error(ErrorCode::kIllegalArgument, "Parameter [from] cannot be negative but was [{}]", from);
  if (size < 0) return Error(ErrorCode::kIllegalArgument, "Parameter [size] cannot be negative but was [{}]", size);
  ASSIGN_OR_RETURN(const auto rulesets, services.searches.query_rulesets().all());
  const auto begin = std::min(static_cast<size_t>(from), rulesets.size());
  const auto end = begin + std::min(static_cast<size_t>(size), rulesets.size() - begin);
  base::JsonWriter out;
  out.begin_object().field("count", rulesets.size()).key("results").begin_array();
  for (size_t i = begin; i < end; ++i) write_summary(out, rulesets[i]);
  out.end_array().end_object();
  return json_response(out.take());
}

base::Result<RestResponse> put_query_rule(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, required_body(request));
  ASSIGN_OR_RETURN(const auto put, services.searches.query_rulesets().put_rule(request.path_param("ruleset_id"),
                                                                               request.path_param("rule_id"), body.root()));
  return put_result(put);
}

base::Result<RestResponse> get_query_rule(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const auto rule,
                   services.searches.query_rulesets().get_rule(request.path_param("ruleset_id"), request.path_param("rule_id")));
  base::JsonWriter out;
  rule.write(out);
  return json_response(out.take());
}

base::Result<RestResponse> delete_query_rule(const Services& services, const RestRequest& request) {
  RETURN_IF_ERROR(services.searches.query_rulesets().remove_rule(request.path_param("ruleset_id"), request.path_param("rule_id")));
  return acknowledged();
}

base::Result<RestResponse> test_query_ruleset(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, required_body(request));
  const base::JsonValue criteria = body.root()["match_criteria"];
  if (!criteria.is_object()) return Error(ErrorCode::kIllegalArgument, "Required [match_criteria]");
  ASSIGN_OR_RETURN(const auto ruleset, services.searches.query_rulesets().get(request.path_param("ruleset_id")));
  base::JsonWriter matched;
  int64_t count = 0;
  matched.begin_array();
  for (const QueryRule& rule : ruleset.rules) {
    if (!rule.matches(criteria)) continue;
    matched.begin_object().field("ruleset_id", ruleset.id).field("rule_id", rule.id).end_object();
    ++count;
  }
  matched.end_array();
  base::JsonWriter out;
  out.begin_object().field("total_matched_rules", count).key("matched_rules").raw(matched.text()).end_object();
  return json_response(out.take());
}

}  // namespace selene::rest
