#pragma once

#include <optional>
#include <vector>

#include "search/exec/query_phase.h"

namespace selene::search {

/// Documents [begin, end) of one segment.
struct SegmentPiece {
  size_t ordinal = 0;
  DocId begin = 0;
  DocId end = 0;
};

/// One large search as pieces for several threads.
struct SegmentSplit {
  std::vector<SegmentPiece> pieces;  ///< those of the largest segment first
  std::vector<size_t> ordinals;      ///< of segments, the largest first
  ScorerPtr first;                   ///< of pieces.front(), on its first match; null: nothing matches in that segment
  FreeThreads threads;               ///< none if there turned out to be little to do

  /// The scorer of a piece, on its first match; null if nothing matches in the segment. Each is asked for once.
  ScorerPtr scorer(size_t piece, const SegmentContext& segment, const Weight& weight);
};

/// Empty if the segments had better be searched one after the other: nobody could help, or the index is small. Whether much is to
/// be looked at is judged by the largest segment.
std::optional<SegmentSplit> split_segments(const index::Snapshot& snapshot, const Weight& weight, const QueryPhaseOptions& options);

}  // namespace selene::search
