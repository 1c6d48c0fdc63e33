#pragma once

#include "search/query/query.h"

namespace selene::search {

/// The documents of `filter`, each with the score `boost`.
class ConstantScoreQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;
  std::vector<const Query*> children() const override { return {filter_.get()}; }

 private:
  QueryPtr filter_;
};

}  // namespace selene::search
