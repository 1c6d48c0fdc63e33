#include "search/query/rule_query.h"

#include "base/format.h"
#include "search/exec/boolean_weight.h"
#include "search/query/field_weights.h"
#include "search/query/parse_support.h"
#include "search/query/query_rules.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::JsonMember;
using base::JsonValue;

base::Result<bool> read_rule_selection(JsonMember member, RuleSelection& into) {
  constexpr size_t kMaxRulesets = 10;
  if (member.key == "match_criteria") {
    if (!member.value.is_object() || member.value.as_object().empty())
      return Error(ErrorCode::kIllegalArgument, "[match_criteria] must be an object that is not empty");
    into.match_criteria = member.value;
    return true;
  }
  if (member.key != "ruleset_ids" && member.key != "ruleset_id") return false;
  if (member.value.is_string()) into.ruleset_ids.emplace_back(member.value.as_string());
  if (member.value.is_array()) {
    for (const JsonValue id : member.value.as_array()) into.ruleset_ids.push_back(scalar_text(id));
  }
  for (const std::string& id : into.ruleset_ids) {
    if (id.empty()) return Error(ErrorCode::kIllegalArgument, "ruleset_ids must not contain null or empty values");
  }
  if (into.ruleset_ids.empty()) return Error(ErrorCode::kIllegalArgument, "ruleset_ids must not be null or empty");
  if (into.ruleset_ids.size() > kMaxRulesets)
    return Error(ErrorCode::kIllegalArgument, "ruleset_ids must not contain more than {} rulesets", kMaxRulesets);
  return true;
}

base::Result<QueryPtr> RuleQuery::parse(QueryParser& parser, JsonValue body) {
  auto query = std::make_unique<RuleQuery>();
  for (const JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool common, read_common(*query, member));
    if (common) continue;
    ASSIGN_OR_RETURN(const bool known, read_rule_selection(member, query->rules_));
    if (known) continue;
    if (member.key != "organic")
      return x_content_error(parser.document, member.value, base::format("[rule] unknown field [{}]", member.key));
    ASSIGN_OR_RETURN(query->organic_, parse_query(parser, member.value));
  }
  if (query->organic_ == nullptr || query->rules_.ruleset_ids.empty() || !query->rules_.match_criteria.exists())
    return Error(ErrorCode::kIllegalArgument, "Required [organic, ruleset_ids, match_criteria]");
  return query;
}

base::Result<WeightPtr> RuleQuery::weight(const BindContext& context, ScoreMode mode, float parent_boost) const {
  if (context.lookup == nullptr) return Error(ErrorCode::kIllegalArgument, "[rule] query is not supported here");
  ASSIGN_OR_RETURN(const AppliedRules rules, apply_query_rules(*context.lookup, rules_.ruleset_ids, rules_.match_criteria));
  const ScoreMode part_mode = mode == ScoreMode::kNone || rules.pinned.empty() ? mode : ScoreMode::kComplete;
  ASSIGN_OR_RETURN(WeightPtr weight, organic_->weight(context, part_mode, parent_boost * boost));
  if (!rules.pinned.empty()) weight = pinned_weight(context, rules.pinned, std::move(weight));
  if (rules.excluded.empty()) return weight;
  BooleanWeight::Clauses clauses;
  clauses.must.push_back(std::move(weight));
  for (const PinnedDoc& doc : rules.excluded) {
    if (doc.index.empty() || doc.index == context.snapshot.index_name()) clauses.must_not.push_back(ids_weight({doc.id}, 0));
  }
  return std::make_unique<BooleanWeight>(std::move(clauses), mode);
}

}  // namespace selene::search
