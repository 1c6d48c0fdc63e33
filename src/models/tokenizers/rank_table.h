#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/tokenizers/merge_table.h"

namespace selene::models {

/// The ranks of merges in 8 bytes each, found without a branch: a pair is at one of two places. Immutable, thread-safe.
/// Source: Pagh and Rodler, "Cuckoo Hashing", 2004.
class RankTable {
 public:
  /// Above every rank; a pair that is not joined has it.
  static constexpr uint32_t kNone = (1u << 22) - 1;
  /// An id that no pair has.
  static constexpr int32_t kNobody = (1 << 21) - 1;

  /// Nothing if an id or a rank is too large.
  static std::optional<RankTable> build(std::span<const MergeTable::Entry> merges);

  uint32_t rank(int32_t left, int32_t right) const {
    const uint64_t pair = pair_of(left, right);
    const uint64_t first = slots_[place<0>(pair)];
    const uint64_t second = slots_[place<1>(pair)];
    return std::min(rank_in(first, pair), rank_in(second, pair));
  }
  /// What the merge of this rank makes.  REQUIRES: a rank that `rank` gave, not kNone.
  int32_t joined(uint32_t rank) const { return joined_[rank]; }

 private:
  static constexpr uint32_t kRankBits = 22;
  static constexpr uint32_t kIdBits = 21;
  static constexpr uint64_t kEmpty = ~uint64_t{0};  // the pair of nobody with nobody

  static uint64_t pair_of(int32_t left, int32_t right) {
    return uint64_t{static_cast<uint32_t>(left)} << kIdBits | static_cast<uint32_t>(right);
  }
  /// The slot's rank if it is the pair's, else kNone. All bits are set by arithmetic: which it is cannot be foretold.
  static uint32_t rank_in(uint64_t slot, uint64_t pair) {
    const uint64_t is_other = (slot >> kRankBits) != pair ? 1 : 0;
    return static_cast<uint32_t>((slot | (0 - is_other)) & kNone);
  }
  /// The upper bits of a product; each of the two places lies in a half of its own.
  template <int kWhich>
  size_t place(uint64_t pair) const {
    constexpr uint64_t kFactor = kWhich == 0 ? 0x9E3779B97F4A7C15ULL : 0xC2B2AE3D27D4EB4FULL;
    return static_cast<size_t>((pair * kFactor) >> shift_) + (kWhich == 0 ? 0 : slots_.size() / 2);
  }
  bool fill(std::span<const MergeTable::Entry> merges, uint32_t bits);
  bool insert(uint64_t slot);

  uint32_t shift_ = 0;
  std::vector<uint64_t> slots_;  // pair << kRankBits | rank
  std::vector<int32_t> joined_;  // by rank
};

}  // namespace selene::models
