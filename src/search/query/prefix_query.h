#pragma once

#include "search/query/pattern.h"
#include "search/query/query.h"

namespace selene::search {

/// Terms that start with a text, constant score: {"prefix": {"f": "ki"}} or {"f": {"value", "case_insensitive"}}.
class PrefixQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;

 private:
  std::string_view field_;
  std::string value_;
  CaseMatching matching_ = CaseMatching::kSensitive;
};

}  // namespace selene::search
