#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/catalog/catalog.h"
#include "search/query/query_rules.h"

namespace selene::search {

/// The rulesets of `_query_rules`, kept as small records of the catalog. Errors beside those named: kIo. Thread-safe.
class QueryRulesets {
 public:
  /// `catalog` outlives it.
  explicit QueryRulesets(index::Catalog& catalog) : catalog_(catalog) {}

  enum class Put : uint8_t { kCreated, kUpdated };
  /// Replaces all rules. Errors: those of QueryRuleset::parse.
  base::Result<Put> put(std::string_view id, base::JsonValue body);
  /// Errors: kResourceNotFound.
  base::Result<QueryRuleset> get(std::string_view id) const;
  base::Status remove(std::string_view id);
  /// By id.
  base::Result<std::vector<QueryRuleset>> all() const;

  /// One rule of a ruleset, which is created with it. Errors: those of QueryRule::parse and QueryRuleset::put.
  base::Result<Put> put_rule(std::string_view id, std::string_view rule_id, base::JsonValue body);
  /// Errors: kResourceNotFound (the ruleset, or the rule).
  base::Result<QueryRule> get_rule(std::string_view id, std::string_view rule_id) const;
  /// The last rule takes the ruleset with it. Errors: those of get_rule.
  base::Status remove_rule(std::string_view id, std::string_view rule_id);

 private:
  base::Result<std::optional<QueryRuleset>> find(std::string_view id) const;
  base::Status write(const QueryRuleset& ruleset);

  index::Catalog& catalog_;
  std::mutex writes_;  ///< held while a ruleset is read, changed and written back
};

}  // namespace selene::search
