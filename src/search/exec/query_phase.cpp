#include "search/exec/query_phase.h"

#include <cmath>
#include <limits>

#include "search/exec/match_loop.h"
#include "search/exec/top_docs_heap.h"

namespace selene::search {
namespace {

struct ByScore {
  bool operator()(const ScoredDoc& a, const ScoredDoc& b) const { return a.score != b.score ? a.score > b.score : a.doc < b.doc; }
};

}  // namespace

ShardTopDocs find_top_docs(const index::Snapshot& snapshot, const Weight& weight, const QueryPhaseOptions& options,
                           const base::Cancellation& cancellation) {
  ShardTopDocs result;
  TopDocsHeap<ScoredDoc, ByScore> heap(static_cast<size_t>(options.num_hits), {});
  const int64_t count_until = options.track_total_hits_up_to;
  int32_t visited = 0;
  bool pruning = false;
  const LoopEnd end =
      for_each_match(snapshot, weight, options.post_filter, cancellation, [&](const SegmentContext& segment, Scorer& scorer) {
        if (options.terminate_after > 0 && ++visited > options.terminate_after) {
          result.terminated_early = true;
          return false;
        }
        const ScoredDoc found{segment.view.doc_base + scorer.doc(), scorer.score()};
        if (options.min_score && !(found.score >= *options.min_score)) return true;
        ++result.total_hits;
        if (options.after && !ByScore()(*options.after, found)) return true;
        if (heap.competes(found)) heap.push(found);
        const bool counted = result.total_hits > count_until;
        if (counted && heap.full() && options.terminate_after == 0) {
          if (options.num_hits == 0) {
            pruning = true;
            return false;
          }
          // Later documents lose ties, so only a better score competes.
          scorer.set_min_competitive_score(std::nextafter(heap.worst().score, std::numeric_limits<float>::infinity()));
          pruning = true;
        }
        return true;
      });
  result.timed_out = end == LoopEnd::kCancelled;
  if (pruning) result.total_relation = TotalRelation::kGreaterThanOrEqualTo;
  result.docs = heap.take_sorted();
  return result;
}

TotalHits count_matches(const index::Snapshot& snapshot, const Weight& weight, int64_t limit,
                        const base::Cancellation& cancellation) {
  int64_t total = 0;
  const LoopEnd end =
      for_each_match(snapshot, weight, nullptr, cancellation, [&](const SegmentContext&, Scorer&) { return ++total <= limit; });
  return {total, end == LoopEnd::kComplete ? TotalRelation::kEqualTo : TotalRelation::kGreaterThanOrEqualTo};
}

TotalHits clip_total(int64_t value, TotalRelation relation, int64_t limit) {
  if (value > limit) return {limit, TotalRelation::kGreaterThanOrEqualTo};
  return {value, relation};
}

}  // namespace selene::search
