#include "models/tokenizers/rank_table.h"

#include <bit>
#include <unordered_map>
#include <utility>

namespace selene::models {
namespace {

constexpr int kMaxMoves = 200;
constexpr uint32_t kMaxDoublings = 3;
constexpr size_t kNumBytes = 256;

/// Token ids to numbers: bytes first, then what merges make.
using Numbers = std::unordered_map<int32_t, RankTable::Number>;

}  // namespace

std::optional<RankTable> RankTable::build(std::span<const MergeTable::Entry> merges, const std::array<int32_t, 256>& unit_ids) {
  RankTable table;
  Numbers numbers;
  const auto add = [&](int32_t id) {
    const bool is_new = numbers.try_emplace(id, static_cast<Number>(table.ids_.size())).second;
    if (is_new) table.ids_.push_back(id);
    return is_new;
  };
  for (const int32_t id : unit_ids) {
    if (id < 0 || !add(id)) return std::nullopt;
  }
  for (const MergeTable::Entry& entry : merges) {
    if (entry.merge.rank >> kRankBits != 0 || table.ids_.size() >= kNobody) return std::nullopt;
    add(entry.merge.id);
  }
  std::vector<uint64_t> slots;
  table.of_bytes_.assign(kNumBytes * kNumBytes, kNone);
  table.joined_.assign(size_t{1} << kRankBits, kNobody);
  for (const MergeTable::Entry& entry : merges) {
    const auto left = numbers.find(entry.left);
    const auto right = numbers.find(entry.right);
    if (left == numbers.end() || right == numbers.end()) continue;  // never comes about
    const uint32_t rank = entry.merge.rank;
    const Key key = kFirst + (rank << kPlaceBits);
    table.joined_[rank] = numbers.at(entry.merge.id);
    slots.push_back(uint64_t{pair_of(left->second, right->second)} << 32 | key);
    const bool is_bytes = std::max(left->second, right->second) < kNumBytes;
    if (is_bytes) table.of_bytes_[static_cast<size_t>(right->second << 8 | left->second)] = key;
  }
  // At most half full, where nearly every set of pairs finds its places.
  const auto bits = static_cast<uint32_t>(std::bit_width(std::max<size_t>(slots.size(), 2) - 1));
  for (uint32_t more = 0; more <= kMaxDoublings; ++more) {
    if (table.fill(slots, bits + more)) return table;
  }
  return std::nullopt;
}

/// `bits`: of the places in each half.
bool RankTable::fill(std::span<const uint64_t> slots, uint32_t bits) {
  shift_ = 64 - bits;
  half_ = size_t{1} << bits;
  slots_.assign(2 * half_, kEmpty);
  return std::all_of(slots.begin(), slots.end(), [this](uint64_t slot) { return insert(slot); });
}

/// Takes the place of another pair, which moves to its other one, and so on.
bool RankTable::insert(uint64_t slot) {
  for (int i = 0; i < kMaxMoves; ++i) {
    std::swap(slot, slots_[place<0>(static_cast<uint32_t>(slot >> 32))]);
    if (slot == kEmpty) return true;
    std::swap(slot, slots_[place<1>(static_cast<uint32_t>(slot >> 32))]);
    if (slot == kEmpty) return true;
  }
  return false;
}

}  // namespace selene::models
