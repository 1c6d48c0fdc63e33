#include "search/exec/bm25.h"

#include <cmath>

namespace selene::search {

float bm25_idf(int64_t doc_freq, int64_t doc_count) {
  const double df = static_cast<double>(doc_freq);
  const double n = static_cast<double>(doc_count);
  return static_cast<float>(std::log(1.0 + (n - df + 0.5) / (df + 0.5)));
}

int32_t decode_norm(uint8_t norm) {
  // The first 24 bytes stand for themselves; the rest is a float with 3 bits of mantissa, moved up by 24.
  constexpr int32_t kNumExact = 24;
  if (norm < kNumExact) return norm;
  const uint32_t code = norm - static_cast<uint32_t>(kNumExact);
  const uint32_t mantissa = code & 7;
  const uint32_t exponent = code >> 3;
  const int64_t decoded = exponent == 0 ? mantissa : static_cast<int64_t>(mantissa | 8) << (exponent - 1);
  return static_cast<int32_t>(kNumExact + decoded);
}

Bm25Scorer::Bm25Scorer(float boost, float idf, float avgdl)
    : boost_(boost), idf_(idf), avgdl_(avgdl), weight_(boost * (1.0F + kBm25K1) * idf) {
  for (size_t i = 0; i < inverse_norm_.size(); ++i) {
    const float dl = static_cast<float>(decode_norm(static_cast<uint8_t>(i)));
    inverse_norm_[i] = 1.0F / (kBm25K1 * ((1.0F - kBm25B) + kBm25B * dl / avgdl_));
  }
}

}  // namespace selene::search
