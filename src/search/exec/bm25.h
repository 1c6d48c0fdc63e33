#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "index/mapping/similarity.h"

namespace selene::search {

/// ln(1 + (N - df + 0.5) / (df + 0.5)) computed in double, rounded to float. REQUIRES: 1 <= doc_freq <= doc_count.
float bm25_idf(int64_t doc_freq, int64_t doc_count);

/// Okapi BM25 for one term (or phrase) of one field.
///
///   score = boost * (k1 + 1) * idf * freq / (freq + k1 * (1 - b + b * dl / avgdl))
///
/// A field of the similarity `boolean` scores `boost`: the same formula with k1 = 0 and without idf.
/// `dl` is decoded from the one-byte norm, so two lengths that share a byte score equally (as in Lucene). All arithmetic is float32
/// in Lucene's order, so scores equal a real node's to the last bit. A field without norms scores as with norm 1. Thread-safe:
/// immutable after construction. Source: Robertson & Zaragoza, "The Probabilistic Relevance Framework", 2009; Elasticsearch keeps
/// the factor k1 + 1 (2.2), Lucene dropped it.
class Bm25Scorer {
 public:
  Bm25Scorer(const index::Similarity& similarity, float boost, float idf, float avgdl);
  float score(float freq, uint8_t norm) const { return weight_ - weight_ / (1.0F + freq * inverse_norm_[norm]); }
  /// boost * (k1 + 1) * idf: no document scores higher.
  float weight() const { return weight_; }
  float boost() const { return boost_; }
  float idf() const { return idf_; }
  float avgdl() const { return avgdl_; }
  /// What makes a bound of a posting list, which was made with `mean_length`, hold for this average length; roundings included.
  float bound_scale(float mean_length) const;
  const index::Similarity& similarity() const { return similarity_; }
  /// No freq and norm with freq * length_factors()[norm] <= `bound` score higher.
  float bound_score(float bound) const { return weight_ - weight_ / (1.0F + bound); }
  /// By norm: 1 / (k1 * (1 - b + b * dl / avgdl)).
  std::span<const float, 256> length_factors() const { return inverse_norm_; }

 private:
  index::Similarity similarity_;
  float boost_;
  float idf_;
  float avgdl_;
  float weight_;
  std::array<float, 256> inverse_norm_;  ///< 1 / (k1 * (1 - b + b * dl / avgdl))
};

}  // namespace selene::search
