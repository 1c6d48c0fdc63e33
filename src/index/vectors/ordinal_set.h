#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace selene::index {

/// Ordinals of [0, size), one bit each. Not thread-safe while it is filled.
class OrdinalSet {
 public:
  explicit OrdinalSet(uint32_t size) : words_((size_t{size} + 63) / 64, 0) {}
  void add(uint32_t ordinal) {
    uint64_t& word = words_[ordinal >> 6];
    const uint64_t bit = uint64_t{1} << (ordinal & 63);
    count_ += (word & bit) == 0 ? 1 : 0;
    word |= bit;
  }
  bool has(uint32_t ordinal) const { return (words_[ordinal >> 6] >> (ordinal & 63)) & 1; }
  uint32_t count() const { return count_; }
  /// Calls `visit(ordinal)`, ascending.
  template <class Visit>
  void each(Visit visit) const {
    for (size_t i = 0; i < words_.size(); ++i) {
      for (uint64_t word = words_[i]; word != 0; word &= word - 1)
        visit(static_cast<uint32_t>(i * 64 + static_cast<size_t>(std::countr_zero(word))));
    }
  }

 private:
  std::vector<uint64_t> words_;
  uint32_t count_ = 0;
};

}  // namespace selene::index
