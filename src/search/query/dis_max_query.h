#pragma once

#include "search/query/query.h"

namespace selene::search {

/// The documents of any of `queries`: the best score plus `tie_breaker` times the others.
class DisMaxQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;
  std::vector<const Query*> children() const override;

 private:
  std::vector<QueryPtr> queries_;
  float tie_breaker_ = 0;
};

}  // namespace selene::search
