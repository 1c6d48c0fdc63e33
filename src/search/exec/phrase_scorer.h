#pragma once

#include <cstdint>
#include <vector>

#include "index/formats/postings_cursor.h"
#include "search/exec/bm25.h"
#include "search/exec/scorer.h"

namespace selene::search {

/// The documents of one slot of a phrase with the positions of its terms. One thread.
class PhraseSlotCursor {
 public:
  /// `offset`: the slot's place in the phrase. REQUIRES: at least one cursor.
  PhraseSlotCursor(std::vector<index::PostingsCursor> cursors, int32_t offset);
  DocId doc() const { return doc_; }
  int32_t offset() const { return offset_; }
  int64_t cost() const;
  size_t num_terms() const { return cursors_.size(); }
  DocId advance(DocId target);
  /// How often its terms stand in the current document.
  int32_t freq() const;
  /// No document of [target, *last_doc] has a larger freq * LengthFactors[norm], all its terms together; infinite if unknown.
  float block_bound(DocId target, DocId* last_doc) const;
  /// Replaces `positions` by those in the current document, ascending, moved back by the slot's place.
  void read(std::vector<int32_t>& positions);
  /// Keeps of `positions` (ascending) what stands in the current document too, moved back likewise.
  void keep_common(std::vector<int32_t>& positions);

 private:
  DocId settle();

  std::vector<index::PostingsCursor> cursors_;
  int32_t offset_;
  DocId doc_ = kNoMoreDocs;
  std::vector<int32_t> read_;
};

/// The documents of a phrase, scored by BM25 of its frequency.
///
/// An exact phrase is in a document at most as often as each of its slots, so documents and whole blocks whose bounds stay below
/// the competitive score are passed over before any position is read; then the slots' positions are read from the rarest one on, as
/// long as something is left of the phrase.
class PhraseScorer final : public Scorer {
 public:
  /// `slop` 0: exactly. `norms`: null if the field has none. `bound_scale`: what makes block bounds hold (Bm25Scorer::bound_scale).
  PhraseScorer(std::vector<PhraseSlotCursor> slots, int32_t slop, const Bm25Scorer& bm25, const uint8_t* norms, float bound_scale);
  DocId advance(DocId target) override;
  float score() override { return bm25_.score(freq_, norm_of(doc_)); }
  float freq() const { return freq_; }
  int64_t cost() const override { return slots_[by_cost_.front()].cost(); }
  void set_min_competitive_score(float score) override;

 private:
  uint8_t norm_of(DocId doc) const { return norms_ == nullptr ? uint8_t{1} : norms_[doc]; }
  DocId find(DocId candidate);
  DocId pass_over(DocId target);
  DocId align(DocId candidate);
  bool may_compete(DocId doc) const;
  bool matches();
  float exact_freq();

  std::vector<PhraseSlotCursor> slots_;
  std::vector<size_t> by_cost_;   ///< slots, the rarest first
  size_t num_bounding_;           ///< of by_cost_: slots that the phrase cannot stand more often than
  std::vector<int32_t> offsets_;  ///< of slots_
  std::vector<std::vector<int32_t>> positions_;
  int32_t slop_;
  const Bm25Scorer& bm25_;
  const uint8_t* norms_;
  float bound_scale_;
  float min_competitive_ = 0;
  DocId competes_up_to_ = -1;  ///< blocks up to here were found to compete
  float freq_ = 0;
};

}  // namespace selene::search
