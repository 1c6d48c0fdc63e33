#include "models/tokenizers/rank_table.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace selene::models {
namespace {

constexpr int kMaxMoves = 200;
constexpr uint32_t kMaxDoublings = 3;

}  // namespace

std::optional<RankTable> RankTable::build(std::span<const MergeTable::Entry> merges) {
  const auto fits = [](const MergeTable::Entry& entry) {
    return std::max({entry.left, entry.right, entry.merge.id}) < kNobody && entry.merge.rank < kNone;
  };
  if (!std::all_of(merges.begin(), merges.end(), fits)) return std::nullopt;
  RankTable table;
  // At most half full, where nearly every set of pairs finds its places.
  const auto bits = static_cast<uint32_t>(std::bit_width(std::max<size_t>(merges.size(), 2) - 1));
  for (uint32_t more = 0; more <= kMaxDoublings; ++more) {
    if (table.fill(merges, bits + more)) return table;
  }
  return std::nullopt;
}

/// `bits`: of the places in each half.
bool RankTable::fill(std::span<const MergeTable::Entry> merges, uint32_t bits) {
  shift_ = 64 - bits;
  slots_.assign(size_t{2} << bits, kEmpty);
  joined_.clear();
  for (const MergeTable::Entry& entry : merges) {
    const uint32_t rank = entry.merge.rank;
    if (!insert(pair_of(entry.left, entry.right) << kRankBits | rank)) return false;
    if (rank >= joined_.size()) joined_.resize(rank + 1, -1);
    joined_[rank] = entry.merge.id;
  }
  return true;
}

/// Takes the place of another pair, which moves to its other one, and so on.
bool RankTable::insert(uint64_t slot) {
  for (int i = 0; i < kMaxMoves; ++i) {
    std::swap(slot, slots_[place<0>(slot >> kRankBits)]);
    if (slot == kEmpty) return true;
    std::swap(slot, slots_[place<1>(slot >> kRankBits)]);
    if (slot == kEmpty) return true;
  }
  return false;
}

}  // namespace selene::models
