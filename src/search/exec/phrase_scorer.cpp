#include "search/exec/phrase_scorer.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "search/exec/phrase_weight.h"

namespace selene::search {

PhraseSlotCursor::PhraseSlotCursor(std::vector<index::PostingsCursor> cursors, int32_t offset)
    : cursors_(std::move(cursors)), offset_(offset) {
  settle();
}

int64_t PhraseSlotCursor::cost() const {
  int64_t sum = 0;
  for (const auto& cursor : cursors_) sum += cursor.doc_freq();
  return sum;
}

DocId PhraseSlotCursor::advance(DocId target) {
  for (auto& cursor : cursors_) {
    if (cursor.doc() < target) cursor.advance(target);
  }
  return settle();
}

DocId PhraseSlotCursor::settle() {
  doc_ = kNoMoreDocs;
  for (const auto& cursor : cursors_) doc_ = std::min(doc_, cursor.doc());
  return doc_;
}

int32_t PhraseSlotCursor::freq() const {
  int32_t sum = 0;
  for (const auto& cursor : cursors_) {
    if (cursor.doc() == doc_) sum += cursor.freq();
  }
  return sum;
}

float PhraseSlotCursor::block_bound(DocId target, DocId* last_doc) const {
  float sum = 0;
  *last_doc = kNoMoreDocs;
  for (const auto& cursor : cursors_) {
    DocId last = kNoMoreDocs;
    sum += cursor.block_bound(target, &last);
    *last_doc = std::min(*last_doc, last);
  }
  return sum;
}

void PhraseSlotCursor::read(std::vector<int32_t>& positions) {
  positions.clear();
  for (auto& cursor : cursors_) {
    if (cursor.doc() != doc_) continue;
    for (const uint32_t position : cursor.positions()) positions.push_back(static_cast<int32_t>(position) - offset_);
  }
  if (cursors_.size() > 1) std::sort(positions.begin(), positions.end());
}

void PhraseSlotCursor::keep_common(std::vector<int32_t>& positions) {
  read(read_);
  size_t kept = 0;
  auto at = read_.begin();
  for (const int32_t position : positions) {
    while (at != read_.end() && *at < position) ++at;
    if (at == read_.end()) break;
    if (*at == position) positions[kept++] = position;
  }
  positions.resize(kept);
}

PhraseScorer::PhraseScorer(std::vector<PhraseSlotCursor> slots, int32_t slop, const Bm25Scorer& bm25, const uint8_t* norms,
                           float bound_scale)
    : slots_(std::move(slots)),
      by_cost_(slots_.size()),
      positions_(slots_.size()),
      slop_(slop),
      bm25_(bm25),
      norms_(norms),
      bound_scale_(bound_scale) {
  for (const PhraseSlotCursor& slot : slots_) offsets_.push_back(slot.offset());
  std::iota(by_cost_.begin(), by_cost_.end(), size_t{0});
  std::stable_sort(by_cost_.begin(), by_cost_.end(), [&](size_t a, size_t b) { return slots_[a].cost() < slots_[b].cost(); });
  // Several terms of the leading slot may stand at one position, each of which counts.
  num_bounding_ = slots_[by_cost_.front()].num_terms() == 1 ? slots_.size() : 1;
  doc_ = find(slots_[by_cost_.front()].doc());
}

DocId PhraseScorer::advance(DocId target) {
  if (target <= doc_) return doc_;
  return doc_ = find(slots_[by_cost_.front()].advance(target));
}

void PhraseScorer::set_min_competitive_score(float score) {
  if (slop_ > 0 || score <= min_competitive_) return;
  min_competitive_ = score;
  competes_up_to_ = -1;
}

DocId PhraseScorer::find(DocId candidate) {
  PhraseSlotCursor& lead = slots_[by_cost_.front()];
  while (candidate != kNoMoreDocs) {
    if (candidate > competes_up_to_ && min_competitive_ > 0) {
      const DocId possible = pass_over(candidate);
      if (possible == kNoMoreDocs) return kNoMoreDocs;
      if (possible > candidate) {
        candidate = lead.advance(possible);
        continue;
      }
    }
    const DocId furthest = align(candidate);
    if (furthest == candidate && may_compete(candidate) && matches()) return candidate;
    candidate = lead.advance(furthest == candidate ? candidate + 1 : furthest);
  }
  return kNoMoreDocs;
}

/// The first document from `target` on whose blocks may hold a competitive score in every slot.
DocId PhraseScorer::pass_over(DocId target) {
  for (;;) {
    DocId until = kNoMoreDocs;
    bool competes = true;
    for (size_t i = 0; i < num_bounding_; ++i) {
      DocId last = kNoMoreDocs;
      const float bound = slots_[by_cost_[i]].block_bound(target, &last);
      if (bm25_.bound_score(bound * bound_scale_) >= min_competitive_) {
        until = std::min(until, last);
        continue;
      }
      if (last == kNoMoreDocs) return kNoMoreDocs;
      target = last + 1;
      competes = false;
      break;
    }
    if (!competes) continue;
    competes_up_to_ = until;
    return target;
  }
}

/// `candidate` if all slots stand in it, else a later document to go on with.
DocId PhraseScorer::align(DocId candidate) {
  for (const size_t i : by_cost_) {
    PhraseSlotCursor& slot = slots_[i];
    const DocId found = slot.doc() < candidate ? slot.advance(candidate) : slot.doc();
    if (found != candidate) return found;
  }
  return candidate;
}

/// Whether a document that holds all slots may score enough.
bool PhraseScorer::may_compete(DocId doc) const {
  if (min_competitive_ <= 0) return true;
  const uint8_t norm = norm_of(doc);
  return std::all_of(by_cost_.begin(), by_cost_.begin() + static_cast<std::ptrdiff_t>(num_bounding_),
                     [&](size_t slot) { return bm25_.score(static_cast<float>(slots_[slot].freq()), norm) >= min_competitive_; });
}

float PhraseScorer::exact_freq() {
  std::vector<int32_t>& common = positions_.front();
  slots_[by_cost_.front()].read(common);
  for (size_t i = 1; i < by_cost_.size() && !common.empty(); ++i) slots_[by_cost_[i]].keep_common(common);
  return static_cast<float>(common.size());
}

bool PhraseScorer::matches() {
  if (slop_ == 0) {
    freq_ = exact_freq();
  } else {
    for (size_t i = 0; i < slots_.size(); ++i) slots_[i].read(positions_[i]);
    freq_ = sloppy_phrase_freq(positions_, offsets_, slop_);
  }
  return freq_ > 0;
}

}  // namespace selene::search
