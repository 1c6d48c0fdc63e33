#include "search/exec/synonym_weight.h"

#include <algorithm>

namespace selene::search {
namespace {

std::vector<TermStatistics> statistics_of(const index::Snapshot& snapshot, const std::string& field,
                                          const std::vector<std::string>& terms) {
  std::vector<TermStatistics> all;
  for (const std::string& term : terms) all.push_back(term_statistics(snapshot, field, term));
  return all;
}

float shared_idf(const std::vector<TermStatistics>& statistics, int64_t doc_count) {
  int64_t doc_freq = 0;
  for (const TermStatistics& term : statistics) doc_freq = std::max(doc_freq, term.doc_freq);
  if (doc_freq == 0) return 0;
  return bm25_idf(doc_freq, std::max(doc_freq, doc_count));
}

class SynonymScorer final : public Scorer {
 public:
  SynonymScorer(std::vector<index::PostingsCursor> cursors, const Bm25Scorer& bm25, const uint8_t* norms, bool has_freqs)
      : cursors_(std::move(cursors)), bm25_(bm25), norms_(norms), has_freqs_(has_freqs) {
    doc_ = smallest();
  }
  DocId advance(DocId target) override {
    if (target <= doc_) return doc_;
    for (auto& cursor : cursors_) {
      if (cursor.doc() < target) cursor.advance(target);
    }
    return doc_ = smallest();
  }
  float score() override {
    float freq = 0;
    for (auto& cursor : cursors_) {
      if (cursor.doc() == doc_) freq += has_freqs_ ? static_cast<float>(cursor.freq()) : 1.0F;
    }
    return bm25_.score(freq, norms_ == nullptr ? uint8_t{1} : norms_[doc_]);
  }
  int64_t cost() const override {
    int64_t sum = 0;
    for (const auto& cursor : cursors_) sum += cursor.doc_freq();
    return sum;
  }

 private:
  DocId smallest() const {
    DocId doc = kNoMoreDocs;
    for (const auto& cursor : cursors_) doc = std::min(doc, cursor.doc());
    return doc;
  }

  std::vector<index::PostingsCursor> cursors_;
  const Bm25Scorer& bm25_;
  const uint8_t* norms_;
  bool has_freqs_;
};

}  // namespace

SynonymWeight::SynonymWeight(const index::Snapshot& snapshot, const index::MappedField& field, std::vector<std::string> terms,
                             float boost)
    : field_(field.name),
      terms_(std::move(terms)),
      has_freqs_(field.type == index::FieldType::kText && field.freqs),
      has_norms_(field.type == index::FieldType::kText && field.norms),
      statistics_(statistics_of(snapshot, field_, terms_)),
      bm25_(field.similarity, boost, shared_idf(statistics_, field_statistics(snapshot, field_).doc_count),
            average_length(field_statistics(snapshot, field_), has_freqs_)) {}

ScorerPtr SynonymWeight::scorer(const SegmentContext& segment) const {
  const index::FieldTerms* const terms = segment.reader().terms(field_);
  if (terms == nullptr) return nullptr;
  std::vector<index::PostingsCursor> cursors;
  for (const TermStatistics& term : statistics_) {
    if (const auto& meta = term.metas[segment.ordinal]) cursors.push_back(terms->postings(*meta));
  }
  if (cursors.empty()) return nullptr;
  return std::make_unique<SynonymScorer>(std::move(cursors), bm25_, has_norms_ ? terms->norms() : nullptr, has_freqs_);
}

bool SynonymWeight::add_filter_key(FilterKey& key) const {
  key.kind('s').add(field_).add(static_cast<int64_t>(terms_.size()));
  for (const std::string& term : terms_) key.add(term);
  key.set_cost(FilterKey::Cost::kUsual);
  return true;
}

std::string SynonymWeight::description() const {
  std::string text = "Synonym(";
  for (const std::string& term : terms_) text += (text.back() == '(' ? "" : " ") + field_ + ":" + term;
  return text + ")";
}

}  // namespace selene::search
