#include "search/exec/phrase_weight.h"

#include <algorithm>
#include <limits>

#include "base/format.h"
#include "search/exec/phrase_scorer.h"
#include "search/exec/term_weight.h"

namespace selene::search {

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
  std::vector<PhraseSlotCursor> cursors;
  for (size_t i = 0; i < slots_.size(); ++i) {
    std::vector<index::PostingsCursor> postings;
    for (const TermStatistics& term : statistics_[i]) {
      if (const auto& meta = term.metas[segment.ordinal]) postings.push_back(terms->postings(*meta));
    }
    if (postings.empty()) return nullptr;
    cursors.emplace_back(std::move(postings), slots_[i].position);
  }
  return std::make_unique<PhraseScorer>(std::move(cursors), slop_, bm25_, has_norms_ ? terms->norms() : nullptr,
                                        bm25_.bound_scale(bound_length(*terms, has_norms_)));
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
