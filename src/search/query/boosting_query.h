#pragma once

#include "search/query/query.h"

namespace selene::search {

/// The documents of `positive`; those that match `negative` too keep only `negative_boost` of their score.
class BoostingQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;
  std::vector<const Query*> children() const override { return {positive_.get(), negative_.get()}; }

 private:
  QueryPtr positive_;
  QueryPtr negative_;
  float negative_boost_ = 0;
};

}  // namespace selene::search
