#pragma once

#include "search/query/query.h"

namespace selene::search {

/// Documents with a value of `field` (for an object: of any field below it; wildcards allowed), constant score.
class ExistsQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;

 private:
  std::string_view field_;
};

}  // namespace selene::search
