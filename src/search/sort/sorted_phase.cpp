#include "search/sort/sorted_phase.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>
#include <vector>

#include "search/exec/match_loop.h"
#include "search/exec/segment_split.h"
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

constexpr float kNoScore = std::numeric_limits<float>::quiet_NaN();

/// One sorted search: takes documents, segment by segment. One thread.
class SortedCollector {
 public:
  SortedCollector(const QueryPhaseOptions& options, const SortPlan& plan, const SortReader& reader, const SortPosition* after,
                  ScoreMode mode)
      : options_(options),
        plan_(plan),
        reader_(reader),
        after_(after),
        scores_(mode != ScoreMode::kNone),
        heap_(static_cast<size_t>(options.num_hits), ByPlan{&plan}) {
    result_.max_score = kNoScore;
  }
  void collect(const SegmentContext& segment, Scorer& scorer) {
    if (segment.ordinal != ordinal_) {
      ordinal_ = segment.ordinal;
      reader_.set_segment(segment);
    }
    candidate_.score = scores_ ? scorer.score() : kNoScore;
    if (options_.min_score && !(candidate_.score >= *options_.min_score)) return;
    ++result_.total_hits;
    if (scores_ && !(candidate_.score <= result_.max_score)) result_.max_score = candidate_.score;
    candidate_.doc = segment.view.doc_base + scorer.doc();
    if (!heap_.full()) {
      reader_.read(scorer.doc(), candidate_.score, candidate_.keys);
    } else if (options_.num_hits == 0 ||
               !reader_.read_unless_behind(scorer.doc(), candidate_.score, plan_, heap_.worst().keys, candidate_.keys)) {
      return;
    }
    if (after_ != nullptr) {
      const int order = plan_.compare(after_->keys, candidate_.keys);
      if (order > 0 || (order == 0 && candidate_.doc <= after_->doc)) return;
    }
    if (heap_.competes(candidate_)) heap_.push(candidate_);
  }
  bool full() const { return heap_.full(); }
  ShardSortedDocs take() {
    result_.docs = heap_.take_sorted();
    return std::move(result_);
  }

 private:
  const QueryPhaseOptions& options_;
  const SortPlan& plan_;
  SortReader reader_;
  const SortPosition* after_;
  const bool scores_;
  TopDocsHeap<SortedDoc, ByPlan> heap_;
  SortedDoc candidate_;
  size_t ordinal_ = std::numeric_limits<size_t>::max();
  ShardSortedDocs result_;
};

ShardSortedDocs joined(std::vector<ShardSortedDocs> parts, const SortPlan& plan, const QueryPhaseOptions& options) {
  ShardSortedDocs result;
  result.max_score = kNoScore;
  for (ShardSortedDocs& part : parts) {
    std::move(part.docs.begin(), part.docs.end(), std::back_inserter(result.docs));
    result.total_hits += part.total_hits;
    if (!std::isnan(part.max_score) && !(part.max_score <= result.max_score)) result.max_score = part.max_score;
    result.timed_out = result.timed_out || part.timed_out;
  }
  std::sort(result.docs.begin(), result.docs.end(), ByPlan{&plan});
  if (result.docs.size() > static_cast<size_t>(options.num_hits)) result.docs.resize(static_cast<size_t>(options.num_hits));
  return result;
}

}  // namespace

ShardSortedDocs find_sorted_docs(const index::Snapshot& snapshot, const Weight& weight, const QueryPhaseOptions& options,
                                 const SortPlan& plan, SortReader reader, const SortPosition* after, ScoreMode mode,
                                 const base::Cancellation& cancellation) {
  // Without a count, documents in index order need neither those before `after` nor those behind the last one wanted.
  const bool first_ones_win =
      plan.is_index_order() && options.track_total_hits_up_to == 0 && options.terminate_after == 0 && mode == ScoreMode::kNone;
  std::optional<SegmentSplit> split;
  if (!first_ones_win && reader.may_be_copied()) split = split_segments(snapshot, weight, options);
  if (split) {
    std::vector<ShardSortedDocs> parts(split->pieces.size());
    run_in_parallel(split->threads, parts.size(), [&](size_t i) {
      const SegmentPiece& piece = split->pieces[i];
      const SegmentContext segment{snapshot.segments()[piece.ordinal], piece.ordinal};
      const ScorerPtr scorer = split->scorer(i, segment, weight);
      SortedCollector collector(options, plan, reader, after, mode);
      const auto visit = [&](Scorer& at) {
        collector.collect(segment, at);
        return true;
      };
      const LoopEnd end = walk_segment(segment, scorer.get(), options.post_filter, cancellation, visit, piece.end);
      parts[i] = collector.take();
      parts[i].timed_out = end == LoopEnd::kCancelled;
    });
    return joined(std::move(parts), plan, options);
  }
  SortedCollector collector(options, plan, reader, after, mode);
  const bool starts_behind = first_ones_win && after != nullptr && after->doc != std::numeric_limits<DocId>::max();
  int32_t visited = 0;
  bool terminated_early = false;
  const auto visit = [&](const SegmentContext& segment, Scorer& scorer) {
    terminated_early = options.terminate_after > 0 && ++visited > options.terminate_after;
    if (terminated_early) return false;
    collector.collect(segment, scorer);
    return !(first_ones_win && collector.full());
  };
  const LoopEnd end =
      for_each_match(snapshot, weight, options.post_filter, cancellation, visit, starts_behind ? after->doc + 1 : 0);
  ShardSortedDocs result = collector.take();
  result.terminated_early = terminated_early;
  result.timed_out = end == LoopEnd::kCancelled;
  return result;
}

}  // namespace selene::search
