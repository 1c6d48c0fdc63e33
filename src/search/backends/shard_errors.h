#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "index/catalog/catalog.h"

namespace selene::search {

/// One index that could not be searched.
struct ShardFailure {
  std::string index;
  base::Error error;
};

/// What a shard raises while it builds a query: own types as they are, anything else as kQueryShard `failed to create query: ...`
/// with the cause; `index_uuid` and `index` added. A kIllegalArgument caused by one of the same reason stays itself.
base::Error query_creation_error(base::Error error, const index::Index& index);

/// The `type` under `_shards.failures`, in an answer that succeeds for other indices: of the few codes a shard fails with.
std::string_view shard_failure_type(const base::Error& error);

/// kSearchPhaseExecution `all shards failed` caused by the first failure. REQUIRES: not empty.
base::Error all_shards_failed(const std::vector<ShardFailure>& failures);

}  // namespace selene::search
