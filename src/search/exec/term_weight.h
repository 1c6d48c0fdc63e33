#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "search/exec/bm25.h"
#include "search/exec/bulk_term.h"
#include "search/exec/statistics.h"
#include "search/exec/weight.h"

namespace selene::search {

/// The documents of one posting list, scored by BM25.
class TermScorer final : public Scorer {
 public:
  /// `norms`: one byte a document, null if the field has none. `has_freqs` false: every frequency counts as 1. `mean_length`:
  /// FieldTerms::mean_length.
  TermScorer(index::PostingsCursor cursor, const Bm25Scorer& bm25, const uint8_t* norms, bool has_freqs, float mean_length)
      : cursor_(std::move(cursor)), bm25_(bm25), norms_(norms), has_freqs_(has_freqs), bound_scale_(bm25.bound_scale(mean_length)) {
    doc_ = cursor_.doc();
  }
  DocId next() override { return doc_ = cursor_.next(); }
  DocId advance(DocId target) override { return doc_ = cursor_.advance(target); }
  float score() override { return score_of(has_freqs_ ? cursor_.freq() : 1, norms_ == nullptr ? uint8_t{1} : norms_[doc_]); }
  int64_t cost() const override { return cursor_.doc_freq(); }

  /// Score of a (frequency, norm) pair in this list.
  float score_of(int32_t freq, uint8_t norm) const {
    return bm25_.score(has_freqs_ ? static_cast<float>(freq) : 1.0F, norms_ == nullptr ? uint8_t{1} : norm);
  }
  /// No document of the list scores higher.
  float max_score() const;
  /// No document in [.., *last_doc] at or behind `target` scores higher; *last_doc is the end of that block.
  float block_max_score(DocId target, DocId* last_doc);

 private:
  index::PostingsCursor cursor_;
  const Bm25Scorer& bm25_;
  const uint8_t* norms_;
  bool has_freqs_;
  float bound_scale_;
};

/// One term of a text or keyword field.
class TermWeight final : public Weight {
 public:
  /// Null if no document of the snapshot holds the term. `field` carries the flags (freqs, norms).
  static std::unique_ptr<TermWeight> create(const index::Snapshot& snapshot, const index::MappedField& field, std::string_view term,
                                            float boost);
  /// With given statistics, as queries that blend document frequencies need. REQUIRES: doc_freq >= 1.
  TermWeight(const index::MappedField& field, std::string term, TermStatistics statistics, int64_t doc_freq,
             const FieldStatistics& field_statistics, float boost);

  ScorerPtr scorer(const SegmentContext& segment) const override { return term_scorer(segment); }
  std::unique_ptr<TermScorer> term_scorer(const SegmentContext& segment) const;
  bool finds_in_bulk() const override { return true; }
  std::unique_ptr<BulkScorer> bulk_scorer(const SegmentContext& segment) const override;
  /// Null if no document of the segment holds the term.
  std::unique_ptr<BulkTerm> bulk_term(const SegmentContext& segment) const;
  int64_t known_matches(const index::Snapshot& snapshot) const override;
  bool add_filter_key(FilterKey& key) const override;
  Explanation explain(const SegmentContext& segment, DocId doc) const override;
  std::string description() const override { return field_ + ":" + term_; }

 private:
  std::string field_;
  std::string term_;
  bool has_freqs_;
  bool has_norms_;
  TermStatistics statistics_;
  int64_t doc_freq_;
  int64_t doc_count_;
  Bm25Scorer bm25_;
};

/// The mean length that bounds of a field's posting lists hold with: a segment from before the mapping dropped norms has bounds
/// that do not hold without them, and gets a length that makes every bound the term's weight.
float bound_length(const index::FieldTerms& terms, bool has_norms);

/// The details of a BM25 score as Elasticsearch prints them; shared with phrases. `freq_description`: `freq, occurrences of term
/// within document`.
Explanation explain_bm25(const Bm25Scorer& bm25, float freq, std::string_view freq_description, uint8_t norm, Explanation idf);
Explanation explain_idf(int64_t doc_freq, int64_t doc_count);

}  // namespace selene::search
