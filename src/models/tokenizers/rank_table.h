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
/// rank and what it makes take 8 bytes: a byte's token has the byte's. A pair is at one of two places, a pair of bytes in a table
/// of all of them. Immutable, thread-safe.  Source: Pagh and Rodler, "Cuckoo Hashing", 2004.
class RankTable {
 public:
  using Number = uint16_t;
  /// What a pair becomes: the rank, then the joined token's number, then kPlaceBits for the caller, which are 0. Of two the lower
  /// one comes first. Not below kNone: the pair is not joined.
  using Key = uint64_t;
  static constexpr uint32_t kPlaceBits = 5;
  static constexpr uint32_t kNumberBits = 15;
  static constexpr uint32_t kRankBits = 14;
  static constexpr Key kNone = Key{1} << (kRankBits + kNumberBits + kPlaceBits);
  /// The number of no token.
  static constexpr Number kNobody = (1u << kNumberBits) - 1;

  /// `unit_ids`: of the token of each byte. Nothing if a rank is above 2^kRankBits - 1 or a byte has no token of its own.
  static std::optional<RankTable> build(std::span<const MergeTable::Entry> merges, const std::array<int32_t, 256>& unit_ids);

  Key find(Number left, Number right) const {
    const uint64_t pair = pair_of(left, right);
    const Key itself = pair << kPairShift;
    // Another pair's bits do not vanish.
    return std::min(slots_[place<0>(pair)] ^ itself, slots_[place<1>(pair)] ^ itself);
  }
  Key find_bytes(uint8_t left, uint8_t right) const { return Key{of_bytes_[left << 8 | right]} << kPlaceBits; }
  static Number joined(Key key) { return static_cast<Number>((key >> kPlaceBits) & ((1u << kNumberBits) - 1)); }
  static uint32_t rank(Key key) { return static_cast<uint32_t>(key >> (kPlaceBits + kNumberBits)); }
  /// Of the vocabulary.  REQUIRES: the number of a byte or one that a merge made.
  int32_t id(Number number) const { return ids_[number]; }

 private:
  static constexpr uint32_t kPairShift = kRankBits + kNumberBits + kPlaceBits;
  static_assert(kPairShift + 2 * kNumberBits == 64);
  static constexpr uint64_t kEmpty = ~uint64_t{0};  // the pair of nobody with nobody

  static uint64_t pair_of(Number left, Number right) { return uint64_t{left} << kNumberBits | right; }
  /// The upper bits of a product; each of the two places lies in a half of its own.
  template <int kWhich>
  size_t place(uint64_t pair) const {
    constexpr uint64_t kFactor = kWhich == 0 ? 0x9E3779B97F4A7C15ULL : 0xC2B2AE3D27D4EB4FULL;
    return static_cast<size_t>((pair * kFactor) >> shift_) + (kWhich == 0 ? 0 : half_);
  }
  bool fill(std::span<const uint64_t> slots, uint32_t bits);
  bool insert(uint64_t slot);

  uint32_t shift_ = 0;
  size_t half_ = 0;                 // places
  std::vector<uint64_t> slots_;     // the pair, then its key
  std::vector<uint32_t> of_bytes_;  // by left << 8 | right: the key without the caller's bits, all ones if there is none
  std::vector<int32_t> ids_;        // by number
};

}  // namespace selene::models
