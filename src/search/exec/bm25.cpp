#include "search/exec/bm25.h"

#include <cmath>

#include "index/formats/norms.h"

namespace selene::search {

float bm25_idf(int64_t doc_freq, int64_t doc_count) {
  const double df = static_cast<double>(doc_freq);
  const double n = static_cast<double>(doc_count);
  return static_cast<float>(std::log(1.0 + (n - df + 0.5) / (df + 0.5)));
}

Bm25Scorer::Bm25Scorer(float boost, float idf, float avgdl)
    : boost_(boost), idf_(idf), avgdl_(avgdl), weight_(boost * (1.0F + kBm25K1) * idf) {
  for (size_t i = 0; i < inverse_norm_.size(); ++i) {
    const float dl = static_cast<float>(index::decode_norm(static_cast<uint8_t>(i)));
    inverse_norm_[i] = 1.0F / (kBm25K1 * ((1.0F - kBm25B) + kBm25B * dl / avgdl_));
  }
}

}  // namespace selene::search
