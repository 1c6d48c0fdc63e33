#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "index/formats/posting_list.h"

namespace selene::index {

/// Gathers (freq, norm) pairs and keeps those no other pair beats: higher freq at an equal or smaller norm. One thread.
/// Source: Ding & Suel, "Faster top-k document retrieval using block-max indexes", 2011; Lucene, CompetitiveImpactAccumulator.
class ImpactAccumulator {
 public:
  void clear() {
    for (size_t word = 0; word < seen_.size(); ++word) {
      for (uint64_t bits = seen_[word]; bits != 0; bits &= bits - 1)
        max_freq_[word * 64 + static_cast<size_t>(std::countr_zero(bits))] = 0;
      seen_[word] = 0;
    }
  }
  void add(int32_t freq, uint8_t norm) {
    seen_[norm >> 6] |= uint64_t{1} << (norm & 63);
    if (freq > max_freq_[norm]) max_freq_[norm] = freq;
  }
  /// Ascending in norm and in freq; at most 256.
  void write_to(std::vector<Impact>& impacts) const {
    impacts.clear();
    int32_t best = 0;
    for (size_t word = 0; word < seen_.size(); ++word) {
      for (uint64_t bits = seen_[word]; bits != 0; bits &= bits - 1) {
        const size_t norm = word * 64 + static_cast<size_t>(std::countr_zero(bits));
        if (max_freq_[norm] <= best) continue;
        best = max_freq_[norm];
        impacts.push_back({best, static_cast<uint8_t>(norm)});
      }
    }
  }

 private:
  std::array<int32_t, 256> max_freq_{};
  std::array<uint64_t, 4> seen_{};
};

}  // namespace selene::index
