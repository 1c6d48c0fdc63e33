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

/// Documents with a value of the field, or of a field of the object, of that name (wildcards allowed), constant score.
base::Result<WeightPtr> exists_weight(const BindContext& context, std::string_view field, float boost);

}  // namespace selene::search
