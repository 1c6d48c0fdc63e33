#pragma once

#include "search/query/query.h"

namespace selene::search {

class KnnQuery;

/// Every nested object with a vector that a kNN search may find, with the score the search would give it: for the inner hits of a
/// body key `knn`. Bound in the scope of the objects. Holds the search, which must outlive it.
class ExactKnnQuery final : public Query {
 public:
  explicit ExactKnnQuery(const KnnQuery& search) : search_(search) {}
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;

 private:
  const KnnQuery& search_;
};

}  // namespace selene::search
