#pragma once

#include "base/cancellation.h"
#include "index/segments/snapshot.h"
#include "search/exec/weight.h"

namespace selene::search {

enum class LoopEnd : uint8_t { kComplete, kStoppedByVisitor, kCancelled };

/// Calls visit(segment, scorer) for each live document of `weight` that `filter` (may be null) matches too, segment by segment, in
/// ascending order, with the scorer standing on the document. A visitor that returns false ends the walk. Cancellation is looked at
/// once a segment and once every 1024 documents met. `first_doc`: documents of the snapshot before it are left out.
template <class Visit>
LoopEnd for_each_match(const index::Snapshot& snapshot, const Weight& weight, const Weight* filter,
                       const base::Cancellation& cancellation, Visit&& visit, DocId first_doc = 0) {
  constexpr uint32_t kDocsPerCheck = 1024;
  uint32_t met = 0;
  for (size_t ordinal = 0; ordinal < snapshot.segments().size(); ++ordinal) {
    if (cancellation.should_stop()) return LoopEnd::kCancelled;
    const SegmentContext segment{snapshot.segments()[ordinal], ordinal};
    if (segment.view.doc_base + segment.reader().max_doc() <= first_doc) continue;
    const ScorerPtr scorer = weight.scorer(segment);
    if (scorer == nullptr) continue;
    const ScorerPtr filter_scorer = filter == nullptr ? nullptr : filter->scorer(segment);
    if (filter != nullptr && filter_scorer == nullptr) continue;
    for (DocId doc = scorer->advance(first_doc - segment.view.doc_base); doc != kNoMoreDocs; doc = scorer->next()) {
      if (++met % kDocsPerCheck == 0 && cancellation.should_stop()) return LoopEnd::kCancelled;
      if (!segment.view.live(doc)) continue;
      if (filter_scorer != nullptr && filter_scorer->advance(doc) != doc) continue;
      if (!visit(segment, *scorer)) return LoopEnd::kStoppedByVisitor;
    }
  }
  return LoopEnd::kComplete;
}

}  // namespace selene::search
