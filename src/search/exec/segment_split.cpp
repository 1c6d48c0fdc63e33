#include "search/exec/segment_split.h"

#include <algorithm>
#include <numeric>

namespace selene::search {
namespace {

/// Waking a thread takes as long as going through some thousand documents: of the smallest index that is split, one in so many has
/// to match.
constexpr int64_t kMinDocsPerMatch = 6;
/// Each piece makes a scorer of its own, which may cost what all of its segment's documents cost.
constexpr size_t kMaxThreads = 8;

/// Pieces of about the same size, two a thread, so that the last one does not leave the others waiting for long.
DocId piece_size(const index::Snapshot& snapshot, const FreeThreads& threads) {
  const size_t num_threads = std::min(kMaxThreads, threads.num_helpers + 1);
  const int64_t even = snapshot.num_docs() / static_cast<int64_t>(2 * num_threads) + 1;
  return static_cast<DocId>(std::max(even, threads.min_docs / 2));
}

void add_pieces(size_t ordinal, DocId max_doc, DocId size, std::vector<SegmentPiece>& pieces) {
  for (DocId begin = 0; begin < max_doc;) {
    // A rest that is no piece of its own belongs to the last one.
    const DocId end = max_doc - begin < 2 * int64_t{size} ? max_doc : begin + size;
    pieces.push_back({ordinal, begin, end});
    begin = end;
  }
}

}  // namespace

ScorerPtr SegmentSplit::scorer(size_t piece, const SegmentContext& segment, const Weight& weight) {
  ScorerPtr made = piece == 0 ? std::move(first) : weight.scorer(segment);
  if (made != nullptr) made->advance(pieces[piece].begin);
  return made;
}

std::optional<SegmentSplit> split_segments(const index::Snapshot& snapshot, const Weight& weight,
                                           const QueryPhaseOptions& options) {
  const auto& segments = snapshot.segments();
  if (options.threads.pool == nullptr || options.threads.num_helpers == 0 || options.terminate_after > 0) return std::nullopt;
  if (segments.empty() || snapshot.num_docs() < options.threads.min_docs) return std::nullopt;
  SegmentSplit split;
  split.ordinals.resize(segments.size());
  std::iota(split.ordinals.begin(), split.ordinals.end(), size_t{0});
  std::stable_sort(split.ordinals.begin(), split.ordinals.end(),
                   [&](size_t a, size_t b) { return segments[a].reader->max_doc() > segments[b].reader->max_doc(); });
  const DocId size = piece_size(snapshot, options.threads);
  for (const size_t ordinal : split.ordinals) add_pieces(ordinal, segments[ordinal].reader->max_doc(), size, split.pieces);
  const size_t largest = split.ordinals.front();
  split.first = weight.scorer({segments[largest], largest});
  const int64_t matches = split.first == nullptr ? 0 : split.first->cost();
  const int64_t expected = matches * snapshot.num_docs() / std::max<int64_t>(1, segments[largest].num_docs());
  if (expected >= options.threads.min_docs / kMinDocsPerMatch) {
    split.threads = options.threads;
    split.threads.num_helpers = std::min(split.threads.num_helpers, kMaxThreads - 1);
  }
  return split;
}

}  // namespace selene::search
