#include "search/exec/bm25.h"

#include <algorithm>
#include <cmath>

#include "index/formats/length_factors.h"
#include "index/formats/norms.h"

namespace selene::search {

float bm25_idf(int64_t doc_freq, int64_t doc_count) {
  const double df = static_cast<double>(doc_freq);
  const double n = static_cast<double>(doc_count);
  return static_cast<float>(std::log(1.0 + (n - df + 0.5) / (df + 0.5)));
}

namespace {

index::Similarity effective(index::Similarity similarity) {
  if (similarity.kind == index::Similarity::Kind::kBoolean) similarity.k1 = 0;
  return similarity;
}

float effective_idf(const index::Similarity& similarity, float idf) {
  return similarity.kind == index::Similarity::Kind::kBoolean ? 1.0F : idf;
}

}  // namespace

Bm25Scorer::Bm25Scorer(const index::Similarity& similarity, float boost, float idf, float avgdl)
    : similarity_(effective(similarity)),
      boost_(boost),
      idf_(effective_idf(similarity, idf)),
      avgdl_(avgdl),
      weight_(boost * (1.0F + similarity_.k1) * idf_) {
  const float k1 = similarity_.k1;
  const float b = similarity_.b;
  for (size_t i = 0; i < inverse_norm_.size(); ++i) {
    const float dl = static_cast<float>(index::decode_norm(static_cast<uint8_t>(i)));
    inverse_norm_[i] = 1.0F / (k1 * ((1.0F - b) + b * dl / avgdl_));
  }
}

float Bm25Scorer::bound_scale(float mean_length) const {
  constexpr float kRounding = 1.00001F;
  constexpr index::Similarity kOfLists;
  if (similarity_.k1 == kOfLists.k1 && similarity_.b == kOfLists.b)
    return (avgdl_ > mean_length ? avgdl_ / mean_length : 1.0F) * kRounding;
  const index::LengthFactors factors(mean_length);
  float scale = 0;
  for (size_t i = 0; i < inverse_norm_.size(); ++i) scale = std::max(scale, inverse_norm_[i] / factors[static_cast<uint8_t>(i)]);
  return scale * kRounding;
}

}  // namespace selene::search
