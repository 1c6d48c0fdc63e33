#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "index/segments/segment_reader.h"

namespace selene::index {

struct MergeCandidate {
  int64_t size_bytes = 0;
  DocId max_doc = 0;
  DocId num_docs = 0;        ///< live ones
  bool lacks_graph = false;  ///< vectors that a merge would build a graph over
};
/// Segments [begin, end) to merge into one.
struct MergeRange {
  size_t begin = 0;
  size_t end = 0;
};

/// The next merge, or none. Neighbours only, so that documents keep the order they were indexed in.
///
/// A segment's size counts without its deleted documents. Its tier is 0 up to 2 MiB, then one more for each factor of 10. From tier
/// 0 up: ten or more neighbours of at most that tier are merged (at most 30, at most 5 GiB together, none of
/// them more than half of all unless it is in tier 0). Otherwise a segment of which
/// more than a third is deleted is rewritten alone.
/// Source: the tiers are those of Lucene's LogByteSizeMergePolicy, the bound of 5 GiB is TieredMergePolicy's.
std::optional<MergeRange> find_merge(std::span<const MergeCandidate> segments);

/// For a forced merge: the smallest run of neighbours whose merge leaves `max_num_segments`; a single segment with deletes
/// or without a graph is rewritten when `max_num_segments` is reached. REQUIRES: max_num_segments >= 1.
std::optional<MergeRange> find_forced_merge(std::span<const MergeCandidate> segments, int32_t max_num_segments);

}  // namespace selene::index
