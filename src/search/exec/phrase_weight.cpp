#include "search/exec/phrase_weight.h"

#include <algorithm>
#include <limits>

#include "base/format.h"
#include "search/exec/boolean_scorers.h"
#include "search/exec/term_weight.h"

namespace selene::search {

float exact_phrase_freq(const std::vector<std::vector<int32_t>>& positions) {
  size_t rarest = 0;
  for (size_t i = 1; i < positions.size(); ++i) {
    if (positions[i].size() < positions[rarest].size()) rarest = i;
  }
  std::vector<size_t> at(positions.size(), 0);
  int32_t freq = 0;
  for (const int32_t candidate : positions[rarest]) {
    bool everywhere = true;
    for (size_t i = 0; i < positions.size() && everywhere; ++i) {
      while (at[i] < positions[i].size() && positions[i][at[i]] < candidate) ++at[i];
      everywhere = at[i] < positions[i].size() && positions[i][at[i]] == candidate;
    }
    if (everywhere) ++freq;
  }
  return static_cast<float>(freq);
}

namespace {

/// The window of Lucene's sloppy matching: one current position a slot, the span from the smallest to the largest of them.
class SloppyWindow {
 public:
  SloppyWindow(const std::vector<std::vector<int32_t>>& positions, const std::vector<int32_t>& offsets)
      : positions_(positions), offsets_(offsets), at_(positions.size(), 0) {
    for (size_t i = 0; i < positions_.size(); ++i) {
      if (positions_[i].empty()) exhausted_ = true;
    }
    for (size_t i = 0; i < positions_.size() && !exhausted_; ++i) {
      if (!separate(i)) exhausted_ = true;
    }
    for (size_t i = 0; i < positions_.size() && !exhausted_; ++i) end_ = std::max(end_, current(i));
  }
  bool exhausted() const { return exhausted_; }
  int32_t end() const { return end_; }
  int32_t current(size_t slot) const { return positions_[slot][at_[slot]]; }
  /// The slot with the smallest position; of equal ones the first.
  size_t smallest() const {
    size_t best = 0;
    for (size_t i = 1; i < positions_.size(); ++i) {
      if (current(i) < current(best)) best = i;
    }
    return best;
  }
  int32_t smallest_but(size_t slot) const {
    int32_t best = std::numeric_limits<int32_t>::max();
    for (size_t i = 0; i < positions_.size(); ++i) {
      if (i != slot) best = std::min(best, current(i));
    }
    return best;
  }
  /// Moves one slot on; false at its end.
  bool advance(size_t slot) {
    if (++at_[slot] >= positions_[slot].size() || !separate(slot)) return false;
    end_ = std::max(end_, current(slot));
    return true;
  }

 private:
  /// While `slot` stands on a token that another slot has taken, moves on the one of the two that stands further back in the
  /// phrase.
  bool separate(size_t slot) {
    for (size_t other = taken_by(slot); other != positions_.size(); other = taken_by(slot)) {
      const bool behind = current(slot) != current(other) ? current(slot) < current(other) : offsets_[slot] < offsets_[other];
      if (!behind) slot = other;
      if (++at_[slot] >= positions_[slot].size()) return false;
      end_ = std::max(end_, current(slot));
    }
    return true;
  }
  /// Another slot on the same token; the number of slots if there is none.
  size_t taken_by(size_t slot) const {
    for (size_t i = 0; i < positions_.size(); ++i) {
      if (i != slot && at_[i] < positions_[i].size() && current(i) + offsets_[i] == current(slot) + offsets_[slot]) return i;
    }
    return positions_.size();
  }

  const std::vector<std::vector<int32_t>>& positions_;
  const std::vector<int32_t>& offsets_;
  std::vector<size_t> at_;
  int32_t end_ = std::numeric_limits<int32_t>::min();
  bool exhausted_ = false;
};

}  // namespace

float sloppy_phrase_freq(const std::vector<std::vector<int32_t>>& positions, const std::vector<int32_t>& offsets, int32_t slop) {
  SloppyWindow window(positions, offsets);
  float freq = 0;
  const auto count = [&](int32_t length) {
    if (length <= slop) freq += 1.0F / (1.0F + static_cast<float>(length));
  };
  while (!window.exhausted()) {
    const size_t slot = window.smallest();
    const int32_t next = window.smallest_but(slot);
    int32_t length = window.end() - window.current(slot);
    for (;;) {
      if (!window.advance(slot)) {
        count(length);
        return freq;
      }
      if (window.current(slot) > next) break;
      length = std::min(length, window.end() - window.current(slot));
    }
    count(length);
  }
  return freq;
}

namespace {

/// The documents of one slot with the positions of its terms.
class SlotCursor {
 public:
  SlotCursor(std::vector<index::PostingsCursor> cursors, int32_t offset) : cursors_(std::move(cursors)), offset_(offset) {
    settle();
  }
  DocId doc() const { return doc_; }
  int64_t cost() const {
    int64_t sum = 0;
    for (const auto& cursor : cursors_) sum += cursor.doc_freq();
    return sum;
  }
  DocId advance(DocId target) {
    for (auto& cursor : cursors_) {
      if (cursor.doc() < target) cursor.advance(target);
    }
    return settle();
  }
  /// Replaces `positions` by those in the current document, moved back by the slot's place.
  void read(std::vector<int32_t>& positions) {
    positions.clear();
    for (auto& cursor : cursors_) {
      if (cursor.doc() != doc_) continue;
      for (const uint32_t position : cursor.positions()) positions.push_back(static_cast<int32_t>(position) - offset_);
    }
    if (cursors_.size() > 1) std::sort(positions.begin(), positions.end());
  }

 private:
  DocId settle() {
    doc_ = kNoMoreDocs;
    for (const auto& cursor : cursors_) doc_ = std::min(doc_, cursor.doc());
    return doc_;
  }

  std::vector<index::PostingsCursor> cursors_;
  int32_t offset_;
  DocId doc_ = kNoMoreDocs;
};

class PhraseScorer final : public Scorer {
 public:
  PhraseScorer(std::vector<SlotCursor> slots, std::vector<int32_t> offsets, int32_t slop, const Bm25Scorer& bm25,
               const uint8_t* norms)
      : slots_(std::move(slots)), offsets_(std::move(offsets)), positions_(slots_.size()), slop_(slop), bm25_(bm25), norms_(norms) {
    lead_ = 0;
    for (size_t i = 1; i < slots_.size(); ++i) {
      if (slots_[i].cost() < slots_[lead_].cost()) lead_ = i;
    }
    doc_ = find(slots_[lead_].doc());
  }
  DocId advance(DocId target) override {
    if (target <= doc_) return doc_;
    return doc_ = find(slots_[lead_].advance(target));
  }
  float score() override { return bm25_.score(freq_, norms_ == nullptr ? uint8_t{1} : norms_[doc_]); }
  float freq() const { return freq_; }
  int64_t cost() const override { return slots_[lead_].cost(); }

 private:
  DocId find(DocId candidate) {
    while (candidate != kNoMoreDocs) {
      const DocId furthest = align(candidate);
      if (furthest == candidate && matches()) return candidate;
      candidate = slots_[lead_].advance(furthest == candidate ? candidate + 1 : furthest);
    }
    return kNoMoreDocs;
  }
  /// `candidate` if all slots stand in it, else a later document to go on with.
  DocId align(DocId candidate) {
    for (SlotCursor& slot : slots_) {
      const DocId found = slot.doc() < candidate ? slot.advance(candidate) : slot.doc();
      if (found != candidate) return found;
    }
    return candidate;
  }
  bool matches() {
    for (size_t i = 0; i < slots_.size(); ++i) slots_[i].read(positions_[i]);
    freq_ = slop_ == 0 ? exact_phrase_freq(positions_) : sloppy_phrase_freq(positions_, offsets_, slop_);
    return freq_ > 0;
  }

  std::vector<SlotCursor> slots_;
  std::vector<int32_t> offsets_;
  std::vector<std::vector<int32_t>> positions_;
  int32_t slop_;
  const Bm25Scorer& bm25_;
  const uint8_t* norms_;
  size_t lead_ = 0;
  float freq_ = 0;
};

/// Lucene adds the float idf of every term.
float phrase_idf(const std::vector<std::vector<TermStatistics>>& statistics, int64_t doc_count) {
  double sum = 0;
  for (const auto& slot : statistics) {
    for (const TermStatistics& term : slot) {
      if (term.doc_freq > 0) sum += static_cast<double>(bm25_idf(term.doc_freq, std::max(doc_count, term.doc_freq)));
    }
  }
  return static_cast<float>(sum);
}

std::vector<std::vector<TermStatistics>> slot_statistics(const index::Snapshot& snapshot, const std::string& field,
                                                         const std::vector<PhraseWeight::Slot>& slots) {
  std::vector<std::vector<TermStatistics>> all;
  for (const PhraseWeight::Slot& slot : slots) {
    auto& terms = all.emplace_back();
    for (const std::string& term : slot.terms) terms.push_back(term_statistics(snapshot, field, term));
  }
  return all;
}

}  // namespace

PhraseWeight::PhraseWeight(const index::Snapshot& snapshot, const index::MappedField& field, std::vector<Slot> slots, int32_t slop,
                           float boost)
    : field_(field.name),
      slots_(std::move(slots)),
      slop_(slop),
      has_norms_(field.norms),
      statistics_(slot_statistics(snapshot, field_, slots_)),
      field_statistics_(search::field_statistics(snapshot, field_)),
      bm25_(field.similarity, boost, phrase_idf(statistics_, field_statistics_.doc_count),
            average_length(field_statistics_, true)) {}

ScorerPtr PhraseWeight::scorer(const SegmentContext& segment) const {
  const index::FieldTerms* const terms = segment.reader().terms(field_);
  if (terms == nullptr) return nullptr;
  std::vector<SlotCursor> cursors;
  std::vector<int32_t> offsets;
  for (size_t i = 0; i < slots_.size(); ++i) {
    std::vector<index::PostingsCursor> postings;
    for (const TermStatistics& term : statistics_[i]) {
      if (const auto& meta = term.metas[segment.ordinal]) postings.push_back(terms->postings(*meta));
    }
    if (postings.empty()) return nullptr;
    cursors.emplace_back(std::move(postings), slots_[i].position);
    offsets.push_back(slots_[i].position);
  }
  return std::make_unique<PhraseScorer>(std::move(cursors), std::move(offsets), slop_, bm25_,
                                        has_norms_ ? terms->norms() : nullptr);
}

bool PhraseWeight::add_filter_key(FilterKey& key) const {
  key.kind('p').add(field_).add(int64_t{slop_}).add(static_cast<int64_t>(slots_.size()));
  for (const Slot& slot : slots_) {
    key.add(int64_t{slot.position}).add(static_cast<int64_t>(slot.terms.size()));
    for (const std::string& term : slot.terms) key.add(term);
  }
  key.set_cost(FilterKey::Cost::kUsual);
  return true;
}

Explanation PhraseWeight::explain(const SegmentContext& segment, DocId doc) const {
  const ScorerPtr found = scorer(segment);
  if (found == nullptr || found->advance(doc) != doc) return {false, 0, "no matching term", {}};
  const uint8_t* const norms = has_norms_ ? segment.reader().terms(field_)->norms() : nullptr;
  Explanation idf{true, bm25_.idf(), "idf, sum of:", {}};
  for (const auto& slot : statistics_) {
    for (const TermStatistics& term : slot) {
      if (term.doc_freq > 0)
        idf.details.push_back(explain_idf(term.doc_freq, std::max(field_statistics_.doc_count, term.doc_freq)));
    }
  }
  Explanation inner = explain_bm25(bm25_, static_cast<PhraseScorer&>(*found).freq(),
                                   base::format("phraseFreq={}", static_cast<PhraseScorer&>(*found).freq()),
                                   norms == nullptr ? uint8_t{1} : norms[doc], std::move(idf));
  const float value = inner.value;
  return {true, value, base::format("weight({} in {}) [PerFieldSimilarity], result of:", description(), doc), {std::move(inner)}};
}

std::string PhraseWeight::description() const {
  std::string text = field_ + ":\"";
  for (size_t i = 0; i < slots_.size(); ++i) {
    if (i > 0) text += ' ';
    for (size_t j = 0; j < slots_[i].terms.size(); ++j) text += (j > 0 ? "|" : "") + slots_[i].terms[j];
  }
  text += '"';
  if (slop_ > 0) text += "~" + std::to_string(slop_);
  return text;
}

}  // namespace selene::search
