#pragma once

#include "search/query/query.h"
#include "search/script/script.h"

namespace selene::search {

/// Documents with at least as many of the terms as they ask for themselves: {"terms_set": {"f": {"terms",
/// "minimum_should_match_field" | "minimum_should_match_script" | "minimum_should_match"}}}. Score: sum of the terms that match.
class TermsSetQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;

 private:
  base::Status read_key(const QueryParser& parser, base::JsonMember member);

  std::string_view field_;
  std::vector<base::JsonValue> terms_;
  std::string_view minimum_field_;
  std::shared_ptr<const Script> minimum_script_;
  std::string minimum_;
};

}  // namespace selene::search
