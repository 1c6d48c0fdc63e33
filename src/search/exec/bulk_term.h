#pragma once

#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <vector>

#include "index/formats/posting_list.h"
#include "index/formats/postings_kernels.h"
#include "index/formats/weight_layers.h"
#include "index/mapping/feature_weight.h"
#include "search/exec/bm25.h"
#include "search/exec/scorer.h"

namespace selene::search {

/// The posting list of one term for bulk scorers: bounds over ranges of documents, scores by the block, look-ups of single
/// documents. Scored by BM25, as TermScorer does, or by query weight x stored weight, as SparseVectorWeight does: equal to the last
/// bit. Documents are asked for in ascending order. One thread; valid as long as
/// the snapshot and the Weight.
class BulkTerm {
 public:
  /// `norms`: null if the field has none; `has_freqs` false: every frequency counts as 1. `mean_length`: FieldTerms::mean_length.
  BulkTerm(index::PostingList list, const Bm25Scorer& bm25, const uint8_t* norms, bool has_freqs, float mean_length);

  /// Scores are weight * stored weight. REQUIRES: the field's frequencies are
  /// weights (FieldTerms::freqs_are_weights).
  BulkTerm(index::PostingList list, float weight);

  int32_t doc_freq() const { return list_.doc_freq(); }
  bool scores_weights() const { return bm25_ == nullptr; }
  /// No score is higher; by BM25 boost * (k1 + 1) * idf.
  float score_limit() const { return bm25_ != nullptr ? bm25_->weight() : list_max_; }
  /// Every score is 0 or a multiple of two to the power of this.
  int score_exponent() const;
  /// No document scores higher.
  float list_max() const { return list_max_; }
  /// At least `num_docs` documents reach this score; 0 if the list does not say.
  float guaranteed_score(int64_t num_docs) const;

  /// Of the query; of weights only.
  float weight() const { return weight_; }
  /// The score of a stored weight. REQUIRES: scores_weights().
  float score_of_weight(int32_t stored) const { return weight_ * index::decode_feature_weight(stored); }
  /// The heaviest parts of the list; empty if it does not keep them.
  std::vector<index::WeightLayer> weight_layers() const;
  /// Documents may be asked for from the first one on again.
  void rewind();
  /// No document in [begin, end) scores higher; 0 if there surely is none.
  float max_score(DocId begin, DocId end);
  /// No document in [from, this) is in the list.  Cheap, not exact.
  DocId next_possible(DocId from);

  /// Documents and their scores, of one block.
  struct Scored {
    std::span<const DocId> docs;
    const float* scores;
  };
  /// Calls visit(Scored) for the parts of blocks in [begin, end), but not for blocks that surely score below `needed`.
  template <class Visit>
  void for_blocks(DocId begin, DocId end, double needed, Visit&& visit) {
    for (seek(begin); block_ < list_.num_blocks(); ++block_) {
      if (first_possible() >= end) return;
      if (!is_loaded() && block_bound(block_) < needed) {
        if (last_doc() >= end - 1) return;
        continue;
      }
      load_scores();
      const Scored part = part_of(begin, end);
      if (!part.docs.empty()) visit(part);
      if (last_doc() >= end - 1) return;
    }
  }

  static constexpr float kAbsent = -1;
  static constexpr float kTooLow = -2;
  /// Where a document would stand in the list.
  struct Place {
    index::BlockBytes bytes;
    int32_t block;
    DocId last;   ///< of the block; kNoMoreDocs behind the end
    float bound;  ///< no document of the block scores higher; infinite behind the end of the list, where everything is absent
  };
  /// Looks documents up, several on their way at a time: visit(i, place) for each i < count in order. doc_of(i): ascending, and not
  /// changed by visits of smaller numbers.
  template <class DocOf, class Visit>
  void look_up_each(size_t count, DocOf&& doc_of, Visit&& visit) {
    constexpr size_t kOnTheirWay = 8;
    std::array<Place, kOnTheirWay> places;
    for (size_t i = 0; i < count + kOnTheirWay; ++i) {
      Place& place = places[i % kOnTheirWay];
      if (i >= kOnTheirWay) visit(i - kOnTheirWay, place);
      if (i >= count) continue;
      const DocId doc = doc_of(i);
      if (doc > near_.last) near(doc);
      place = near_;
      place.bytes.prefetch(doc);
    }
  }
  /// Score of `doc`, or kAbsent, or kTooLow if it surely is below `needed`.
  float score_at(const Place& place, DocId doc, double needed) {
    if (static_cast<double>(place.bound) < needed) return kTooLow;
    if (place.bytes.bitmap == nullptr) return look_up(place.block, doc);
    const int32_t freq = place.bytes.freq_of(doc);
    return freq == 0 ? kAbsent : score(freq, norm_of(doc));
  }
  /// The same of one document.
  float score_of(DocId doc, double needed) {
    if (doc > near_.last) near(doc);
    return score_at(near_, doc, needed);
  }

  /// Documents of the block that holds the first document >= target, from there on; empty at the end of the list.
  std::span<const DocId> docs_from(DocId target);
  /// No document of that block scores higher.
  float docs_bound() const { return block_bound(block_); }
  /// The last document of that block, without decoding it. kNoMoreDocs at the end.
  DocId block_end(DocId target);
  /// Score of the i-th document of the last `docs_from`.
  float score_in_block(size_t i);

 private:
  float score(int32_t freq, uint8_t norm) const {
    if (bm25_ == nullptr) return weight_ * index::decode_feature_weight(freq);
    return bm25_->score(has_freqs_ ? static_cast<float>(freq) : 1.0F, norm);
  }
  uint8_t norm_of(DocId doc) const { return norms_ == nullptr ? uint8_t{1} : norms_[doc]; }
  float block_bound(int32_t block) const { return list_.is_long() ? score_of_bound(stored_bound(block)) : list_max_; }
  /// As the list keeps it: grows as scores do. REQUIRES: a long list.
  float stored_bound(int32_t block) const {
    return bm25_ == nullptr ? static_cast<float>(list_.largest_weight(block)) : list_.bound(block);
  }
  float score_of_bound(float stored) const {
    return bm25_ == nullptr ? score(static_cast<int32_t>(stored), 1) : bm25_->bound_score(stored * bound_scale_);
  }
  void find_list_bounds();
  void score_weights();
  void seek(DocId target);
  void near(DocId doc);
  float look_up(int32_t block, DocId doc);
  DocId first_possible() const { return block_ > 0 ? list_.last_doc(block_ - 1) + 1 : 0; }
  DocId last_doc() const { return list_.is_long() ? list_.last_doc(block_) : decoded_.docs[decoded_.length - 1]; }
  bool is_loaded() const { return decoded_.number == block_; }
  void load();
  void load_scores();
  int32_t lower_bound(DocId target) const;
  Scored part_of(DocId begin, DocId end) const;

  const index::PostingsKernels* kernels_ = &index::postings_kernels();
  index::PostingList list_;
  const Bm25Scorer* bm25_ = nullptr;  ///< null: weights
  const uint8_t* norms_ = nullptr;
  bool has_freqs_ = true;
  float bound_scale_ = 1;
  float weight_ = 0;  ///< of the query
  float list_max_ = 0;
  float list_min_ = 0;  ///< the smallest score; of weights only
  int32_t block_ = 0;   ///< the current one; no earlier one will be asked for
  int32_t scored_block_ = -1;
  Place near_{{}, 0, -1, 0};  ///< that `near` found
  int32_t place_ = 0;         ///< in the decoded block: documents before it are behind us
  index::PostingsBlock decoded_;
  float scores_[index::kBlockSize];
};

}  // namespace selene::search
