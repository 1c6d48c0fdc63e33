#include "search/request/query_rulesets.h"

#include <algorithm>

#include "search/backends/local_backend.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::Result;

namespace {

Error no_ruleset(std::string_view id) { return Error(ErrorCode::kResourceNotFound, "No query ruleset found with id [{}]", id); }

Error no_rule(std::string_view id, std::string_view rule_id) {
  return Error(ErrorCode::kResourceNotFound, "rule id {} not found in ruleset {}", rule_id, id);
}

auto find_rule(std::vector<QueryRule>& rules, std::string_view rule_id) {
  return std::find_if(rules.begin(), rules.end(), [&](const QueryRule& rule) { return rule.id == rule_id; });
}

Result<QueryRuleset> parse_record(std::string_view id, std::string_view text) {
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::parse(text));
  return QueryRuleset::parse(id, document.root());
}

}  // namespace

Result<std::optional<QueryRuleset>> QueryRulesets::find(std::string_view id) const {
  ASSIGN_OR_RETURN(const auto records, catalog_.records(kQueryRulesetRecords));
  const auto found = records.find(std::string(id));
  if (found == records.end()) return std::optional<QueryRuleset>();
  ASSIGN_OR_RETURN(QueryRuleset ruleset, parse_record(id, found->second));
  return std::optional(std::move(ruleset));
}

base::Status QueryRulesets::write(const QueryRuleset& ruleset) {
  base::JsonWriter out;
  ruleset.write(out);
  return catalog_.put_record(kQueryRulesetRecords, ruleset.id, out.text());
}

Result<QueryRulesets::Put> QueryRulesets::put(std::string_view id, base::JsonValue body) {
  ASSIGN_OR_RETURN(const QueryRuleset ruleset, QueryRuleset::parse(id, body));
  const std::lock_guard lock(writes_);
  ASSIGN_OR_RETURN(const std::optional<QueryRuleset> before, find(id));
  RETURN_IF_ERROR(write(ruleset));
  return before ? Put::kUpdated : Put::kCreated;
}

Result<QueryRuleset> QueryRulesets::get(std::string_view id) const {
  ASSIGN_OR_RETURN(std::optional<QueryRuleset> found, find(id));
  if (!found) return no_ruleset(id);
  return std::move(*found);
}

base::Status QueryRulesets::remove(std::string_view id) {
  const std::lock_guard lock(writes_);
  ASSIGN_OR_RETURN(const std::optional<QueryRuleset> found, find(id));
  if (!found) return no_ruleset(id);
  return catalog_.remove_record(kQueryRulesetRecords, id);
}

Result<std::vector<QueryRuleset>> QueryRulesets::all() const {
  ASSIGN_OR_RETURN(const auto records, catalog_.records(kQueryRulesetRecords));
  std::vector<QueryRuleset> rulesets;
  for (const auto& [id, text] : records) {
    ASSIGN_OR_RETURN(QueryRuleset ruleset, parse_record(id, text));
    rulesets.push_back(std::move(ruleset));
  }
  return rulesets;
}

Result<QueryRulesets::Put> QueryRulesets::put_rule(std::string_view id, std::string_view rule_id, base::JsonValue body) {
  ASSIGN_OR_RETURN(QueryRule rule, QueryRule::parse(rule_id, body));
  const std::lock_guard lock(writes_);
  ASSIGN_OR_RETURN(std::optional<QueryRuleset> found, find(id));
  QueryRuleset ruleset = found ? std::move(*found) : QueryRuleset{std::string(id), {}};
  ASSIGN_OR_RETURN(const bool is_new, ruleset.put(std::move(rule)));
  RETURN_IF_ERROR(write(ruleset));
  return is_new ? Put::kCreated : Put::kUpdated;
}

Result<QueryRule> QueryRulesets::get_rule(std::string_view id, std::string_view rule_id) const {
  ASSIGN_OR_RETURN(QueryRuleset ruleset, get(id));
  const auto rule = find_rule(ruleset.rules, rule_id);
  if (rule == ruleset.rules.end()) return no_rule(id, rule_id);
  return std::move(*rule);
}

base::Status QueryRulesets::remove_rule(std::string_view id, std::string_view rule_id) {
  const std::lock_guard lock(writes_);
  ASSIGN_OR_RETURN(QueryRuleset ruleset, get(id));
  const auto rule = find_rule(ruleset.rules, rule_id);
  if (rule == ruleset.rules.end()) return no_rule(id, rule_id);
  ruleset.rules.erase(rule);
  if (ruleset.rules.empty()) return catalog_.remove_record(kQueryRulesetRecords, id);
  return write(ruleset);
}

}  // namespace selene::search
