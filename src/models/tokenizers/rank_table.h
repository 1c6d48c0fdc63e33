#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/tokenizers/merge_table.h"

namespace selene::models {

/// The merges of a byte-level vocabulary, found without a branch. Tokens have numbers of their own, so that a pair, the merge's
/// rank take 8 bytes: a byte's token has the byte's. A pair is at one of two places, a pair of bytes in a table
/// of all of them. Immutable, thread-safe.  Source: Pagh and Rodler, "Cuckoo Hashing", 2004.
class RankTable {
 public:
  using Number = uint16_t;
  /// When a pair is joined: the rank, then kPlaceBits for the caller, which are 0. Bits of a float from 1 on, so that processors
  /// find the lowest of several quickly; kNone, which is 2, for a pair that is not joined.
  using Key = uint32_t;
  static constexpr uint32_t kPlaceBits = 5;
  static constexpr uint32_t kRankBits = 14;
  static constexpr Key kFirst = 0x3F800000;
  static constexpr Key kNone = 0x40000000;
  /// The number of no token.
  static constexpr Number kNobody = UINT16_MAX;

  /// `unit_ids`: of the token of each byte. Nothing if a rank is above 2^kRankBits - 1 or a byte has no token of its own.
  static std::optional<RankTable> build(std::span<const MergeTable::Entry> merges, const std::array<int32_t, 256>& unit_ids);

  Key find(Number left, Number right) const {
    const uint32_t pair = pair_of(left, right);
    const uint64_t itself = uint64_t{pair} << 32;
    // Another pair's bits do not vanish.
    const uint64_t found = std::min(slots_[place<0>(pair)] ^ itself, slots_[place<1>(pair)] ^ itself);
    return static_cast<Key>(std::min<uint64_t>(found, kNone));
  }
  /// Of the tokens of two bytes, the left one in the lower bits.
  Key find_bytes(uint16_t bytes) const { return of_bytes_[bytes]; }
  static uint32_t rank(Key key) { return (key - kFirst) >> kPlaceBits; }
  /// What the merge of this rank makes.  REQUIRES: a rank that a pair has.
  Number joined(uint32_t rank) const { return joined_[rank]; }
  /// Of the vocabulary.  REQUIRES: the number of a byte or one that a merge made.
  int32_t id(Number number) const { return ids_[number]; }

 private:
  static_assert(kFirst + (1u << (kRankBits + kPlaceBits)) <= kNone);
  static constexpr uint64_t kEmpty = ~uint64_t{0};  // the pair of nobody with nobody

  static uint32_t pair_of(Number left, Number right) { return uint32_t{left} << 16 | right; }
  /// The upper bits of a product; each of the two places lies in a half of its own.
  template <int kWhich>
  size_t place(uint32_t pair) const {
    constexpr uint64_t kFactor = kWhich == 0 ? 0x9E3779B97F4A7C15ULL : 0xC2B2AE3D27D4EB4FULL;
    return static_cast<size_t>((pair * kFactor) >> shift_) + (kWhich == 0 ? 0 : half_);
  }
  bool fill(std::span<const uint64_t> slots, uint32_t bits);
  bool insert(uint64_t slot);

  uint32_t shift_ = 0;
  size_t half_ = 0;              // places
  std::vector<uint64_t> slots_;  // the pair, then its key
  std::vector<Key> of_bytes_;
  std::vector<Number> joined_;  // by rank
  std::vector<int32_t> ids_;    // by number
};

}  // namespace selene::models
