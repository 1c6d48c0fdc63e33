#include "search/exec/query_phase.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

#include "search/exec/match_loop.h"
#include "search/exec/segment_split.h"
#include "search/exec/top_docs_heap.h"
#include "search/exec/top_scores.h"

namespace selene::search {
namespace {

/// Whether a score decides anything: without hits and min_score documents are only counted.
bool scores_are_read(const QueryPhaseOptions& options) { return options.num_hits > 0 || options.min_score.has_value(); }

struct ByScore {
  bool operator()(const ScoredDoc& a, const ScoredDoc& b) const { return a.score != b.score ? a.score > b.score : a.doc < b.doc; }
};

/// Of a segment that has no bulk scorer. False if cancelled.
bool collect_one_by_one(const Weight& weight, const SegmentContext& segment, TopScores& top,
                        const base::Cancellation& cancellation) {
  constexpr uint32_t kDocsPerCheck = 1024;
  const ScorerPtr scorer = weight.scorer(segment);
  if (scorer == nullptr) return true;
  uint32_t met = 0;
  for (DocId doc = scorer->doc(); doc != kNoMoreDocs; doc = scorer->next()) {
    if (++met % kDocsPerCheck == 0 && cancellation.should_stop()) return false;
    if (!segment.view.live(doc)) continue;
    top.count(1);
    top.offer(segment.view.doc_base + doc, scorer->score());
    if (top.pruning()) scorer->set_min_competitive_score(top.bar());
  }
  return true;
}

bool collect_segment(const Weight& weight, const SegmentContext& segment, TopScores& top, const base::Cancellation& cancellation) {
  const std::unique_ptr<BulkScorer> bulk = weight.bulk_scorer(segment);
  return bulk != nullptr ? bulk->collect(top, cancellation) : collect_one_by_one(weight, segment, top, cancellation);
}

/// Goes segment by segment where the weight has a bulk scorer and document by document where it has none.
ShardTopDocs find_top_docs_in_bulk(const index::Snapshot& snapshot, const Weight& weight, const QueryPhaseOptions& options,
                                   const base::Cancellation& cancellation) {
  TopScores top(static_cast<size_t>(options.num_hits), options.track_total_hits_up_to);
  if (const int64_t known = weight.known_matches(snapshot); known > options.track_total_hits_up_to) top.note_known_hits(known);
  ShardTopDocs result;
  for (size_t ordinal = 0; ordinal < snapshot.segments().size() && !result.timed_out; ++ordinal) {
    const SegmentContext segment{snapshot.segments()[ordinal], ordinal};
    result.timed_out = cancellation.should_stop() || !collect_segment(weight, segment, top, cancellation);
  }
  result.total_hits = top.total_hits();
  if (top.pruning()) result.total_relation = TotalRelation::kGreaterThanOrEqualTo;
  top.take_sorted([&](DocId doc, float score) { result.docs.push_back({doc, score}); });
  return result;
}

/// What the pieces of a search over several threads know of one another.
class SharedProgress {
 public:
  explicit SharedProgress(int64_t count_until) : count_until_(count_until) {}
  void count(int64_t num_docs) { num_counted_.fetch_add(num_docs, std::memory_order_relaxed); }
  bool counted() const { return num_counted_.load(std::memory_order_relaxed) > count_until_; }
  /// As many documents as hits are wanted score `score` or more.
  float raise_bar(float score) {
    float bar = bar_.load(std::memory_order_relaxed);
    while (score > bar && !bar_.compare_exchange_weak(bar, score, std::memory_order_relaxed)) {
    }
    return std::max(bar, score);
  }

 private:
  const int64_t count_until_;
  std::atomic<int64_t> num_counted_ = 0;
  std::atomic<float> bar_ = -std::numeric_limits<float>::infinity();
};

/// One piece of a search over several threads. Ties between pieces are settled when they are put together, so that a document
/// competes until others score more.
ShardTopDocs find_in_piece(const SegmentContext& segment, DocId end_doc, Scorer* scorer, const QueryPhaseOptions& options,
                           SharedProgress& progress, const base::Cancellation& cancellation) {
  constexpr int64_t kDocsPerReport = 64;
  ShardTopDocs result;
  TopDocsHeap<ScoredDoc, ByScore> heap(static_cast<size_t>(options.num_hits), {});
  int64_t reported = 0;
  const bool scored = scores_are_read(options);
  const auto visit = [&](Scorer& at) {
    const ScoredDoc found{segment.view.doc_base + at.doc(), scored ? at.score() : 0};
    if (options.min_score && !(found.score >= *options.min_score)) return true;
    if (++result.total_hits - reported == kDocsPerReport) {
      progress.count(kDocsPerReport);
      reported = result.total_hits;
    }
    if (options.after && !ByScore()(*options.after, found)) return true;
    if (heap.competes(found)) heap.push(found);
    if (!heap.full() || !progress.counted()) return true;
    result.total_relation = TotalRelation::kGreaterThanOrEqualTo;
    if (options.num_hits == 0) return false;
    at.set_min_competitive_score(progress.raise_bar(heap.worst().score));
    return true;
  };
  const LoopEnd end = walk_segment(segment, scorer, options.post_filter, cancellation, visit, end_doc);
  result.timed_out = end == LoopEnd::kCancelled;
  result.docs = heap.take_sorted();
  return result;
}

ShardTopDocs joined(std::vector<ShardTopDocs> parts, const QueryPhaseOptions& options) {
  ShardTopDocs result;
  for (ShardTopDocs& part : parts) {
    result.docs.insert(result.docs.end(), part.docs.begin(), part.docs.end());
    result.total_hits += part.total_hits;
    if (part.total_relation != TotalRelation::kEqualTo) result.total_relation = part.total_relation;
    result.timed_out = result.timed_out || part.timed_out;
  }
  std::sort(result.docs.begin(), result.docs.end(), ByScore());
  if (result.docs.size() > static_cast<size_t>(options.num_hits)) result.docs.resize(static_cast<size_t>(options.num_hits));
  return result;
}

ShardTopDocs find_on_threads(const index::Snapshot& snapshot, const Weight& weight, const QueryPhaseOptions& options,
                             SegmentSplit split, const base::Cancellation& cancellation) {
  std::vector<ShardTopDocs> parts(split.pieces.size());
  SharedProgress progress(options.track_total_hits_up_to);
  run_in_parallel(split.threads, parts.size(), [&](size_t i) {
    const SegmentPiece& piece = split.pieces[i];
    const SegmentContext segment{snapshot.segments()[piece.ordinal], piece.ordinal};
    const ScorerPtr scorer = split.scorer(i, segment, weight);
    parts[i] = find_in_piece(segment, piece.end, scorer.get(), options, progress, cancellation);
  });
  return joined(std::move(parts), options);
}

/// The same with bulk scorers, where every match is looked at.
ShardTopDocs find_all_on_threads(const index::Snapshot& snapshot, const Weight& weight, const QueryPhaseOptions& options,
                                 const SegmentSplit& split, const base::Cancellation& cancellation) {
  std::vector<ShardTopDocs> parts(split.ordinals.size());
  run_in_parallel(split.threads, parts.size(), [&](size_t i) {
    const size_t ordinal = split.ordinals[i];
    TopScores top(static_cast<size_t>(options.num_hits), std::numeric_limits<int64_t>::max());
    const SegmentContext segment{snapshot.segments()[ordinal], ordinal};
    parts[i].timed_out = cancellation.should_stop() || !collect_segment(weight, segment, top, cancellation);
    parts[i].total_hits = top.total_hits();
    top.take_sorted([&](DocId doc, float score) { parts[i].docs.push_back({doc, score}); });
  });
  return joined(std::move(parts), options);
}

/// Whether nothing is asked for that needs every match to be looked at.
bool bulk_suffices(const QueryPhaseOptions& options) {
  return options.num_hits > 0 && !options.min_score && options.post_filter == nullptr && options.terminate_after == 0 &&
         !options.after;
}

}  // namespace

ShardTopDocs find_top_docs(const index::Snapshot& snapshot, const Weight& weight, const QueryPhaseOptions& options,
                           const base::Cancellation& cancellation) {
  if (bulk_suffices(options) && weight.finds_in_bulk()) {
    // What passes documents over is done before a thread would have woken up.
    if (options.track_total_hits_up_to >= snapshot.num_docs()) {
      if (const auto split = split_segments(snapshot, weight, options))
        return find_all_on_threads(snapshot, weight, options, *split, cancellation);
    }
    return find_top_docs_in_bulk(snapshot, weight, options, cancellation);
  }
  if (auto split = split_segments(snapshot, weight, options))
    return find_on_threads(snapshot, weight, options, std::move(*split), cancellation);
  ShardTopDocs result;
  TopDocsHeap<ScoredDoc, ByScore> heap(static_cast<size_t>(options.num_hits), {});
  const int64_t count_until = options.track_total_hits_up_to;
  int32_t visited = 0;
  bool pruning = false;
  const bool scored = scores_are_read(options);
  const LoopEnd end =
      for_each_match(snapshot, weight, options.post_filter, cancellation, [&](const SegmentContext& segment, Scorer& scorer) {
        if (options.terminate_after > 0 && ++visited > options.terminate_after) {
          result.terminated_early = true;
          return false;
        }
        const ScoredDoc found{segment.view.doc_base + scorer.doc(), scored ? scorer.score() : 0};
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
