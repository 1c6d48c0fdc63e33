#pragma once

#include "base/cancellation.h"
#include "index/segments/snapshot.h"
#include "search/exec/weight.h"

namespace selene::search {

enum class LoopEnd : uint8_t { kComplete, kStoppedByVisitor, kCancelled };

/// Calls visit(scorer) for each live document from where `scorer` (of this segment; null: nothing) stands that `filter` (may be
/// null) matches too, in ascending order, with the scorer standing on the document. A visitor that returns false ends the walk.
/// Cancellation is looked at first and once every 1024 documents met. `end`: documents from there on are left out.
template <class Visit>
LoopEnd walk_segment(const SegmentContext& segment, Scorer* scorer, const Weight* filter, const base::Cancellation& cancellation,
                     Visit&& visit, DocId end = kNoMoreDocs) {
  constexpr uint32_t kDocsPerCheck = 1024;
  if (cancellation.should_stop()) return LoopEnd::kCancelled;
  if (scorer == nullptr) return LoopEnd::kComplete;
  const ScorerPtr filter_scorer = filter == nullptr ? nullptr : filter->scorer(segment);
  if (filter != nullptr && filter_scorer == nullptr) return LoopEnd::kComplete;
  uint32_t met = 0;
  for (DocId doc = scorer->doc(); doc < end; doc = scorer->next()) {
    if (++met % kDocsPerCheck == 0 && cancellation.should_stop()) return LoopEnd::kCancelled;
    if (!segment.view.live(doc)) continue;
    if (filter_scorer != nullptr && filter_scorer->advance(doc) != doc) continue;
    if (!visit(*scorer)) return LoopEnd::kStoppedByVisitor;
  }
  return LoopEnd::kComplete;
}

/// Calls visit(segment, scorer) likewise for each match of `weight`, segment by segment. `first_doc`: documents of the snapshot
/// before it are left out.
template <class Visit>
LoopEnd for_each_match(const index::Snapshot& snapshot, const Weight& weight, const Weight* filter,
                       const base::Cancellation& cancellation, Visit&& visit, DocId first_doc = 0) {
  for (size_t ordinal = 0; ordinal < snapshot.segments().size(); ++ordinal) {
    const SegmentContext segment{snapshot.segments()[ordinal], ordinal};
    if (segment.view.doc_base + segment.reader().max_doc() <= first_doc) continue;
    const ScorerPtr scorer = weight.scorer(segment);
    if (scorer != nullptr) scorer->advance(first_doc - segment.view.doc_base);
    const LoopEnd end =
        walk_segment(segment, scorer.get(), filter, cancellation, [&](Scorer& found) { return visit(segment, found); });
    if (end != LoopEnd::kComplete) return end;
  }
  return LoopEnd::kComplete;
}

}  // namespace selene::search
