#pragma once

#include <map>
#include <utility>
#include <vector>

#include "search/query/knn_searches.h"

namespace selene::search {

class LocalBackend;

/// kNN searches over all targets of a backend, each done once; where k counts over all targets, the k best of all are kept. One
/// thread.
class LocalKnnSearches final : public KnnSearches {
 public:
  /// `backend` outlives it.
  explicit LocalKnnSearches(const LocalBackend& backend) : backend_(backend) {}
  base::Result<KnnShard> find(const KnnQuery& query, const BindContext& context) override;

 private:
  using Shards = std::vector<base::Result<KnnShard>>;  ///< by target
  Shards search_all(const KnnQuery& query, const BindContext& context) const;

  const LocalBackend& backend_;
  std::map<uint64_t, Shards> done_;  ///< by KnnQuery::id
};

}  // namespace selene::search
