#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "base/env.h"
#include "base/result.h"
#include "index/segments/segment_reader.h"
#include "index/segments/snapshot.h"

namespace selene::index {

struct MergeSource {
  const SegmentReader* reader = nullptr;  ///< made by open_segment
  const LiveDocs* live_docs = nullptr;    ///< null: all live
};

/// Writes one segment that holds the live documents of `sources`, one source after another. `numbers[s][doc]` becomes the new
/// number of source s's document, -1 if it was deleted. REQUIRES: one live document at least. Errors: kIo, kIllegalArgument (too
/// large).
base::Status merge_segments(std::span<const MergeSource> sources, const std::filesystem::path& path,
                            std::vector<std::vector<DocId>>& numbers, base::Env& files = base::system_env());

}  // namespace selene::index
