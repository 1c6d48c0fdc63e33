#pragma once

#include <cstdint>

#include "base/result.h"
#include "index/catalog/catalog.h"

namespace selene::index {

/// What a call does to an index, as far as `index.blocks.*` tell it apart.
enum class BlockLevel : uint8_t { kRead, kWrite, kMetadataRead, kMetadataWrite, kDelete };

/// kClusterBlock (kFloodStage for read_only_allow_delete alone) `index [i] blocked by: [FORBIDDEN/8/index write (api)];` if a block
/// of the index forbids the call. Numbers and texts: Elasticsearch's IndexMetadata.
base::Status check_blocks(const Index& index, BlockLevel level);

/// kIndexClosed `closed` of that index.
base::Error index_closed(const Index& index);

}  // namespace selene::index
