#include "index/segments/merge_policy.h"

#include <algorithm>

namespace selene::index {
namespace {

constexpr int64_t kFloorBytes = int64_t{2} << 20;
constexpr int64_t kMaxMergedBytes = int64_t{5} << 30;
constexpr size_t kSegmentsPerTier = 10;
constexpr size_t kMaxSegmentsAtOnce = 30;
constexpr int kNumTiers = 5;
constexpr DocId kFewestDocsForGraph = 10'000;

int64_t live_bytes(const MergeCandidate& segment) {
  if (segment.max_doc == 0) return 0;
  return static_cast<int64_t>(static_cast<double>(segment.size_bytes) * segment.num_docs / segment.max_doc);
}

int tier_of(const MergeCandidate& segment) {
  int tier = 0;
  for (int64_t bytes = live_bytes(segment); bytes > kFloorBytes; bytes /= 10) ++tier;
  return tier;
}

/// The longest start of [begin, end) that stays within the bounds of one merge.
size_t bounded_end(std::span<const MergeCandidate> segments, size_t begin, size_t end) {
  int64_t total = 0;
  size_t at = begin;
  for (; at < end && at - begin < kMaxSegmentsAtOnce; ++at) {
    total += live_bytes(segments[at]);
    if (total > kMaxMergedBytes) break;
  }
  return at;
}

/// A merge that mostly copies one large segment is not worth it.
bool balanced(std::span<const MergeCandidate> segments, size_t begin, size_t end) {
  int64_t total = 0;
  int64_t largest = 0;
  for (size_t i = begin; i < end; ++i) {
    total += live_bytes(segments[i]);
    largest = std::max(largest, live_bytes(segments[i]));
  }
  return largest <= kFloorBytes || largest <= total / 2;
}

}  // namespace

std::optional<MergeRange> find_merge(std::span<const MergeCandidate> segments) {
  for (int tier = 0; tier < kNumTiers; ++tier) {
    const auto fits = [&](size_t i) { return tier_of(segments[i]) <= tier; };
    for (size_t begin = 0; begin < segments.size(); ++begin) {
      if (!fits(begin)) continue;
      size_t end = begin;
      while (end < segments.size() && fits(end)) ++end;
      const size_t bounded = bounded_end(segments, begin, end);
      if (bounded - begin >= kSegmentsPerTier && balanced(segments, begin, bounded)) return MergeRange{begin, bounded};
    }
  }
  for (size_t i = 0; i < segments.size(); ++i) {
    const bool many_deleted = int64_t{segments[i].max_doc - segments[i].num_docs} * 3 > segments[i].max_doc;
    const bool graph = segments[i].lacks_graph && segments[i].num_docs >= kFewestDocsForGraph;
    if (many_deleted || graph) return MergeRange{i, i + 1};
  }
  return std::nullopt;
}

std::optional<MergeRange> find_forced_merge(std::span<const MergeCandidate> segments, int32_t max_num_segments) {
  const auto wanted = static_cast<size_t>(max_num_segments);
  if (segments.size() <= wanted) {
    for (size_t i = 0; i < segments.size(); ++i) {
      if (segments[i].num_docs < segments[i].max_doc || segments[i].lacks_graph) return MergeRange{i, i + 1};
    }
    return std::nullopt;
  }
  const size_t length = segments.size() - wanted + 1;
  MergeRange best;
  int64_t best_bytes = INT64_MAX;
  for (size_t begin = 0; begin + length <= segments.size(); ++begin) {
    int64_t bytes = 0;
    for (size_t i = begin; i < begin + length; ++i) bytes += live_bytes(segments[i]);
    if (bytes < best_bytes) {
      best_bytes = bytes;
      best = {begin, begin + length};
    }
  }
  return best;
}

}  // namespace selene::index
