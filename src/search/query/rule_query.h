#pragma once

#include <memory>
#include <string>
#include <vector>

#include "search/query/query.h"

namespace selene::search {

/// `ruleset_ids` (a list, or one text) and `match_criteria` of the rule query and the rule retriever.
struct RuleSelection {
  std::vector<std::string> ruleset_ids;
  base::JsonValue match_criteria;
};
/// True if `member` was one of them. Errors: kIllegalArgument.
base::Result<bool> read_rule_selection(base::JsonMember member, RuleSelection& into);

/// What `organic` finds, changed as rulesets say: pinned documents first, excluded ones not at all. {"rule": {"organic",
/// "ruleset_ids", "match_criteria"}}. Rulesets are read when the query is bound.
class RuleQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  /// Errors: kResourceNotFound (a ruleset).
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;
  std::vector<const Query*> children() const override { return {organic_.get()}; }

 private:
  QueryPtr organic_;
  RuleSelection rules_;
};

}  // namespace selene::search
