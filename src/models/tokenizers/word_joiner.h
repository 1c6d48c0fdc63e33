#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "models/tokenizers/rank_table.h"

namespace selene::models {

/// MergeJoiner for a short text, with few branches that depend on it: what most words cost that no cache knows. One thread.
class WordJoiner {
 public:
  static constexpr size_t kMaxSymbols = 32;

  /// Joins symbols, given by their ids.  REQUIRES: 1 to kMaxSymbols of them.
  void join(const RankTable& ranks, std::span<const int32_t> ids);
  /// Bit i: a token begins at symbol i.
  uint32_t begins() const { return static_cast<uint32_t>(live_ >> 1); }
  /// Of the token that begins at symbol i.
  int32_t id(size_t i) const { return ids_[i + 1]; }

 private:
  void look_up(const RankTable& ranks, size_t left, size_t right);
  uint64_t least() const;

  // Symbols from 1 on, where they were: of a joined pair the left one stays. Nobody stands before and behind them.
  std::array<int32_t, kMaxSymbols + 2> ids_;
  std::array<uint64_t, kMaxSymbols + 2> keys_;  // of each symbol with the next one: rank, then the place
  uint64_t live_ = 0;                           // a bit a symbol, nobody included
  size_t num_symbols_ = 0;
};

}  // namespace selene::models
