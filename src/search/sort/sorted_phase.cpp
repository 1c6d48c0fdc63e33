#include "search/sort/sorted_phase.h"

#include <cmath>
#include <limits>

#include "search/exec/match_loop.h"
#include "search/exec/top_docs_heap.h"

namespace selene::search {
namespace {

struct ByPlan {
  const SortPlan* plan;
  bool operator()(const SortedDoc& a, const SortedDoc& b) const {
    const int order = plan->compare(a.keys, b.keys);
    return order != 0 ? order < 0 : a.doc < b.doc;
  }
};

}  // namespace

ShardSortedDocs find_sorted_docs(const index::Snapshot& snapshot, const Weight& weight, const QueryPhaseOptions& options,
                                 const SortPlan& plan, SortReader reader, const SortPosition* after, ScoreMode mode,
                                 const base::Cancellation& cancellation) {
  constexpr float kNoScore = std::numeric_limits<float>::quiet_NaN();
  const bool scores = mode != ScoreMode::kNone;
  ShardSortedDocs result;
  result.max_score = kNoScore;
  TopDocsHeap<SortedDoc, ByPlan> heap(static_cast<size_t>(options.num_hits), ByPlan{&plan});
  SortedDoc candidate;
  size_t ordinal = std::numeric_limits<size_t>::max();
  int32_t visited = 0;
  // Without a count, documents in index order need neither those before `after` nor those behind the last one wanted.
  const bool first_ones_win =
      plan.is_index_order() && options.track_total_hits_up_to == 0 && options.terminate_after == 0 && !scores;
  const bool starts_behind = first_ones_win && after != nullptr && after->doc != std::numeric_limits<DocId>::max();
  const DocId first_doc = starts_behind ? after->doc + 1 : 0;
  const auto visit = [&](const SegmentContext& segment, Scorer& scorer) {
    if (options.terminate_after > 0 && ++visited > options.terminate_after) {
      result.terminated_early = true;
      return false;
    }
    if (segment.ordinal != ordinal) {
      ordinal = segment.ordinal;
      reader.set_segment(segment);
    }
    candidate.score = scores ? scorer.score() : kNoScore;
    if (options.min_score && !(candidate.score >= *options.min_score)) return true;
    ++result.total_hits;
    if (scores && !(candidate.score <= result.max_score)) result.max_score = candidate.score;
    candidate.doc = segment.view.doc_base + scorer.doc();
    reader.read(scorer.doc(), candidate.score, candidate.keys);
    if (after != nullptr) {
      const int order = plan.compare(after->keys, candidate.keys);
      if (order > 0 || (order == 0 && candidate.doc <= after->doc)) return true;
    }
    if (heap.competes(candidate)) heap.push(candidate);
    return !(first_ones_win && heap.full());
  };
  const LoopEnd end = for_each_match(snapshot, weight, options.post_filter, cancellation, visit, first_doc);
  result.timed_out = end == LoopEnd::kCancelled;
  result.docs = heap.take_sorted();
  return result;
}

}  // namespace selene::search
