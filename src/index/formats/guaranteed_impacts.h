#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "index/formats/posting_list.h"

namespace selene::index {

/// Counts documents by (freq, norm) and gives pairs that a number of them reach: so many have at least that freq and at most that
/// norm. From freq 16 on documents count as 16. One thread.
class GuaranteedImpacts {
 public:
  void clear() {
    for (size_t freq = 1; freq <= top_freq_; ++freq) counts_[freq] = {};
    top_freq_ = 0;
    top_norm_ = 0;
  }
  void add(int32_t freq, uint8_t norm) {
    const auto counted = static_cast<size_t>(std::min(freq, kMaxFreq));
    ++counts_[counted][norm];
    top_freq_ = std::max(top_freq_, counted);
    top_norm_ = std::max<size_t>(top_norm_, norm);
  }
  /// Pairs that `num_docs` documents reach, none better in both than another, the largest freq first.
  void write_to(int64_t num_docs, std::vector<Impact>& impacts) const {
    impacts.clear();
    std::array<uint32_t, 256> at_least{};  // documents of this freq or more, by norm
    size_t best_norm = top_norm_ + 1;
    for (size_t freq = top_freq_; freq > 0; --freq) {
      int64_t reached = 0;
      for (size_t norm = 0; norm < best_norm; ++norm) {
        at_least[norm] += counts_[freq][norm];
        reached += at_least[norm];
        if (reached < num_docs) continue;
        best_norm = norm;  // beyond it no pair of a smaller freq is looked for
        impacts.push_back({static_cast<int32_t>(freq), static_cast<uint8_t>(norm)});
      }
    }
  }

 private:
  static constexpr int32_t kMaxFreq = 16;
  std::array<std::array<uint32_t, 256>, kMaxFreq + 1> counts_{};
  size_t top_freq_ = 0;
  size_t top_norm_ = 0;
};

}  // namespace selene::index
