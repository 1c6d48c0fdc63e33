#include "search/exec/query_phase.h"

#include <cmath>
#include <limits>

#include "search/exec/match_loop.h"
#include "search/exec/top_docs_heap.h"
#include "search/exec/top_scores.h"

namespace selene::search {
namespace {

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

/// Whether nothing is asked for that needs every match to be looked at.
bool bulk_suffices(const QueryPhaseOptions& options) {
  return options.num_hits > 0 && !options.min_score && options.post_filter == nullptr && options.terminate_after == 0 &&
         !options.after;
}

}  // namespace

ShardTopDocs find_top_docs(const index::Snapshot& snapshot, const Weight& weight, const QueryPhaseOptions& options,
                           const base::Cancellation& cancellation) {
  if (bulk_suffices(options) && weight.finds_in_bulk()) return find_top_docs_in_bulk(snapshot, weight, options, cancellation);
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
