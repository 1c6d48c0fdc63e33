#include "models/tokenizers/word_joiner.h"

#include <algorithm>
#include <bit>

namespace selene::models {
namespace {

constexpr uint32_t kPlaceBits = 6;
constexpr uint64_t kNoMerge = uint64_t{RankTable::kNone} << kPlaceBits;

}  // namespace

inline void WordJoiner::look_up(const RankTable& ranks, size_t left, size_t right) {
  keys_[left] = uint64_t{ranks.rank(ids_[left], ids_[right])} << kPlaceBits | left;
}

/// The best pair: of the lowest rank, the leftmost among equals.
inline uint64_t WordJoiner::least() const {
  uint64_t even = kNoMerge;
  uint64_t odd = kNoMerge;
  for (size_t i = 1; i <= num_symbols_; i += 2) {
    even = std::min(even, keys_[i]);
    odd = std::min(odd, keys_[i + 1]);
  }
  return std::min(even, odd);
}

void WordJoiner::join(const RankTable& ranks, std::span<const int32_t> ids) {
  num_symbols_ = ids.size();
  std::copy(ids.begin(), ids.end(), ids_.begin() + 1);
  ids_[0] = ids_[num_symbols_ + 1] = RankTable::kNobody;
  keys_[0] = keys_[num_symbols_] = keys_[num_symbols_ + 1] = kNoMerge;
  for (size_t i = 1; i < num_symbols_; ++i) look_up(ranks, i, i + 1);
  live_ = (uint64_t{4} << num_symbols_) - 1;
  for (uint64_t best = least(); best < kNoMerge; best = least()) {
    const size_t left = best % (1u << kPlaceBits);
    uint64_t behind = live_ >> left >> 1;
    const size_t right = left + 1 + static_cast<size_t>(std::countr_zero(behind));
    behind &= behind - 1;
    const size_t next = left + 1 + static_cast<size_t>(std::countr_zero(behind));
    const size_t before = static_cast<size_t>(std::bit_width(live_ & ((uint64_t{1} << left) - 1))) - 1;
    ids_[left] = ranks.joined(static_cast<uint32_t>(best >> kPlaceBits));
    live_ ^= uint64_t{1} << right;
    keys_[right] = kNoMerge;
    look_up(ranks, left, next);
    look_up(ranks, before, left);
  }
  live_ ^= uint64_t{2} << num_symbols_;
}

}  // namespace selene::models
