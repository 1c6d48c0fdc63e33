#pragma once

#include <string>
#include <vector>

#include "search/exec/bm25.h"
#include "search/exec/statistics.h"
#include "search/exec/weight.h"

namespace selene::search {

/// Terms at given places in order: "quick fox", "quick (fox foxes)". A slot is one place and the terms allowed there.
class PhraseWeight final : public Weight {
 public:
  struct Slot {
    int32_t position = 0;  ///< relative to the phrase's start; gaps where stop words stood
    std::vector<std::string> terms;
  };
  /// `slop`: how far terms may be moved in all (0: exactly as given). REQUIRES: at least one slot, none without terms; the field
  /// has positions.
  PhraseWeight(const index::Snapshot& snapshot, const index::MappedField& field, std::vector<Slot> slots, int32_t slop,
               float boost);
  ScorerPtr scorer(const SegmentContext& segment) const override;
  bool add_filter_key(FilterKey& key) const override;
  Explanation explain(const SegmentContext& segment, DocId doc) const override;
  std::string description() const override;

 private:
  std::string field_;
  std::vector<Slot> slots_;
  int32_t slop_;
  bool has_norms_;
  std::vector<std::vector<TermStatistics>> statistics_;  ///< [slot][term]
  FieldStatistics field_statistics_;
  Bm25Scorer bm25_;
};

/// How often a phrase occurs within `slop`: sum of 1 / (1 + distance) over the best alignments. `positions[i]`: where slot i
/// stands, ascending, moved back by the slot's place. `offsets[i]`: what was taken off the positions of slot i: two slots never
/// share a token. Source: Lucene's SloppyPhraseMatcher.
float sloppy_phrase_freq(const std::vector<std::vector<int32_t>>& positions, const std::vector<int32_t>& offsets, int32_t slop);

}  // namespace selene::search
