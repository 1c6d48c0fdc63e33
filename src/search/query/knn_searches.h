#pragma once

#include <vector>

#include "base/result.h"
#include "search/exec/query_phase.h"

namespace selene::search {

struct BindContext;
class KnnQuery;

/// What a kNN search finds in one index: by segment, with scores before boosts.
using KnnShard = std::vector<std::vector<ScoredDoc>>;

/// The kNN searches of one request, each done once. One thread.
class KnnSearches {
 public:
  virtual ~KnnSearches() = default;
  /// The part of what `query` finds that lies in the index of `context`. Errors: those of KnnQuery::search_shard.
  virtual base::Result<KnnShard> find(const KnnQuery& query, const BindContext& context) = 0;
};

}  // namespace selene::search
