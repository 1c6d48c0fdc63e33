#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/tokenizers/merge_table.h"

namespace selene::models {

/// The merges of a byte-level vocabulary, found without a branch. Tokens have numbers of their own, so that a pair and the merge's
/// rank take 8 bytes: a byte's token has the byte's. Each pair has a place of its own, which a displacement of its bucket tells;
/// pairs of bytes are in a table of all of them. Immutable, thread-safe.
/// Source: Belazzougui, Botelho and Dietzfelbinger, "Hash, displace, and compress", 2009.
class RankTable {
 public:
  using Number = uint32_t;
  /// When a pair is joined: the rank, then kPlaceBits for the caller, which are 0. Bits of a float from 1 on, so that processors
  /// find the lowest of several quickly; kNone, which is 4, for a pair that is not joined.
  using Key = uint32_t;
  static constexpr uint32_t kPlaceBits = 5;
  static constexpr uint32_t kRankBits = 19;
  static constexpr uint32_t kNumberBits = 19;
  static constexpr Key kFirst = 0x3F800000;
  static constexpr Key kNone = kFirst + (1u << (kRankBits + kPlaceBits));
  /// The number of no token.
  static constexpr Number kNobody = (1u << kNumberBits) - 1;

  /// `unit_ids`: of the token of each byte. Nothing if a rank is above 2^kRankBits - 1 or a byte has no token of its own.
  static std::optional<RankTable> build(std::span<const MergeTable::Entry> merges, const std::array<int32_t, 256>& unit_ids);

  Key find(Number left, Number right) const {
    const uint64_t pair = pair_of(left, right);
    // Another pair's bits do not vanish.
    const uint64_t found = slots_[place(pair, displacements_[bucket(pair)])] ^ pair << kPairShift;
    return kFirst + static_cast<Key>(std::min<uint64_t>(found, kNone - kFirst));
  }
  /// Of the tokens of two bytes, the left one in the lower bits.
  Key find_bytes(uint16_t bytes) const { return of_bytes_[bytes]; }
  static uint32_t rank(Key key) { return (key - kFirst) >> kPlaceBits; }
  /// What the merge of this rank makes.  REQUIRES: a rank that a pair has.
  Number joined(uint32_t rank) const { return joined_[rank]; }
  /// Of the vocabulary.  REQUIRES: the number of a byte or one that a merge made.
  int32_t id(Number number) const { return ids_[number]; }

 private:
  static constexpr uint32_t kPairShift = 64 - 2 * kNumberBits;
  static_assert(kRankBits + kPlaceBits < kPairShift);
  static constexpr uint64_t kEmpty = ~uint64_t{0};  // the pair of nobody with nobody

  static uint64_t pair_of(Number left, Number right) { return uint64_t{left} << kNumberBits | right; }
  static uint64_t hash(uint64_t pair) { return pair * 0x9E3779B97F4A7C15ULL; }
  size_t bucket(uint64_t pair) const { return static_cast<size_t>(hash(pair) >> bucket_shift_); }
  size_t place(uint64_t pair, uint32_t displacement) const {
    return (static_cast<uint32_t>(hash(pair) >> 20) + displacement) & mask_;
  }
  size_t place_in(uint64_t slot, uint32_t displacement) const { return place(slot >> kPairShift, displacement); }
  bool fill(std::span<const uint64_t> slots, uint32_t bits);
  bool fit(std::span<const uint64_t> bucket, uint32_t displacement);

  uint32_t bucket_shift_ = 0;
  uint32_t mask_ = 0;                    // number of places - 1
  std::vector<uint16_t> displacements_;  // by bucket
  std::vector<uint64_t> slots_;          // the pair, then its key - kFirst
  std::vector<Key> of_bytes_;
  std::vector<Number> joined_;  // by rank
  std::vector<int32_t> ids_;    // by number
};

}  // namespace selene::models
