#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/json/json_writer.h"
#include "base/result.h"
#include "search/query/pinned_query.h"

namespace selene::search {

/// Where DocumentLookup finds rulesets, by their id.
inline constexpr std::string_view kQueryRulesIndex = ".query-rules";

/// What a rule asks of the metadata of a search.
struct RuleCriterion {
  enum class Type : uint8_t { kAlways, kContains, kExact, kFuzzy, kGlobal, kGt, kGte, kLt, kLte, kPrefix, kSuffix };
  struct Value {
    std::string text;
    std::string json;  ///< as it was given
  };
  Type type = Type::kExact;
  std::string metadata;  ///< key of match_criteria; empty for kAlways and kGlobal
  std::vector<Value> values;

  /// Whether one of `values` fits `given`. kFuzzy: 1 - edit distance / longer length > 0.5.
  bool fits(base::JsonValue given) const;
};

/// A rule: where all criteria hold, its documents come first (pinned) or do not come at all (exclude).
struct QueryRule {
  enum class Type : uint8_t { kPinned, kExclude };
  std::string id;
  Type type = Type::kPinned;
  std::vector<RuleCriterion> criteria;
  std::vector<PinnedDoc> docs;
  bool given_as_ids = false;
  std::optional<int32_t> priority;  ///< the lower, the earlier; without one at the end

  /// {"rule_id", "type", "criteria", "actions", "priority"}; `id`: of the path, if the body need not say it. Errors:
  /// kXContentParse, kIllegalArgument.
  static base::Result<QueryRule> parse(std::string_view id, base::JsonValue body);
  bool matches(base::JsonValue match_criteria) const;
  void write(base::JsonWriter& out) const;
};

/// Up to 100 rules, by priority, then as given.
struct QueryRuleset {
  static constexpr size_t kMaxRules = 100;
  std::string id;
  std::vector<QueryRule> rules;

  /// {"rules": [..]}. Errors: those of QueryRule::parse; kIllegalArgument (none, too many, an id twice).
  static base::Result<QueryRuleset> parse(std::string_view id, base::JsonValue body);
  /// Adds a rule or replaces that of the same id. True if it is new. Errors: kIllegalArgument (too many).
  base::Result<bool> put(QueryRule rule);
  /// {"ruleset_id", "rules"}
  void write(base::JsonWriter& out) const;
};

std::string_view criterion_type_name(RuleCriterion::Type type);
std::string_view rule_type_name(QueryRule::Type type);

/// What rules that matched do. No document stands in both, nor twice.
struct AppliedRules {
  std::vector<PinnedDoc> pinned;
  std::vector<PinnedDoc> excluded;
};

/// Reads `ids` through `lookup` and applies them in that order. Errors: kResourceNotFound, those of lookup.
base::Result<AppliedRules> apply_query_rules(const DocumentLookup& lookup, const std::vector<std::string>& ids,
                                             base::JsonValue match_criteria);

}  // namespace selene::search
