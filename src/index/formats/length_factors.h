#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "index/formats/norms.h"

namespace selene::index {

/// What BM25 multiplies a frequency by, for every norm byte: 1 / (k1 * (1 - b + b * dl / mean)), with Lucene's k1 = 1.2 and b =
/// 0.75. A list's blocks keep the largest `freq * factor` under the segment's own mean length. Under another mean length m it is at
/// most max(1, m / mean) times that, so it bounds every BM25 score of the block.
class LengthFactors {
 public:
  explicit LengthFactors(float mean_length) {
    constexpr float kK1 = 1.2F;
    constexpr float kB = 0.75F;
    for (size_t norm = 0; norm < factors_.size(); ++norm) {
      const auto length = static_cast<float>(decode_norm(static_cast<uint8_t>(norm)));
      factors_[norm] = 1.0F / (kK1 * ((1.0F - kB) + kB * length / mean_length));
    }
  }
  float operator[](uint8_t norm) const { return factors_[norm]; }

 private:
  std::array<float, 256> factors_;
};

/// The upper half of a float's bits, rounded up: at most 1 % above `value`.  REQUIRES: 0 <= value, finite.
inline uint16_t encode_bound(float value) { return static_cast<uint16_t>((std::bit_cast<uint32_t>(value) + 0xFFFF) >> 16); }
inline float decode_bound(uint16_t bound) { return std::bit_cast<float>(static_cast<uint32_t>(bound) << 16); }

}  // namespace selene::index
