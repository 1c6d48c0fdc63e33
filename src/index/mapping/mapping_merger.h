#pragma once

#include "base/result.h"
#include "index/mapping/mapping_tree.h"

namespace selene::index {

/// `update` put over `base`. Errors: kIllegalArgument, as Elasticsearch words conflicts.
base::Result<RootDefinition> merge_mappings(const RootDefinition& base, const RootDefinition& update);

}  // namespace selene::index
