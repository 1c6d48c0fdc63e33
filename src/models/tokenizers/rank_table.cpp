#include "models/tokenizers/rank_table.h"

#include <bit>
#include <unordered_map>

namespace selene::models {
namespace {

constexpr uint32_t kMinBits = 4;
constexpr uint32_t kMaxBits = 20;
constexpr uint32_t kBitsPerBucket = 2;  // places
constexpr size_t kTriesPerMerge = 64;

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
    table.joined_.resize(std::max<size_t>(table.joined_.size(), entry.merge.rank + 1), kNobody);
  }
  std::vector<uint64_t> slots;
  table.of_bytes_.assign(kNumBytes * kNumBytes, kNone);
  for (const MergeTable::Entry& entry : merges) {
    const auto left = numbers.find(entry.left);
    const auto right = numbers.find(entry.right);
    if (left == numbers.end() || right == numbers.end()) continue;  // never comes about
    const uint32_t rank = entry.merge.rank;
    const Key key = kFirst + (rank << kPlaceBits);
    table.joined_[rank] = numbers.at(entry.merge.id);
    slots.push_back(pair_of(left->second, right->second) << kPairShift | (key - kFirst));
    const bool is_bytes = std::max(left->second, right->second) < kNumBytes;
    if (is_bytes) table.of_bytes_[static_cast<size_t>(right->second << 8 | left->second)] = key;
  }
  // At most four fifths full, where nearly every set of pairs finds its places.
  const auto bits = std::max(kMinBits, static_cast<uint32_t>(std::bit_width(slots.size() * 5 / 4)));
  for (uint32_t more = bits; more <= kMaxBits; ++more) {
    if (table.fill(slots, more)) return table;
  }
  return std::nullopt;
}

/// Large buckets first. Gives up when it takes too long, as it may with merges made for that.
bool RankTable::fill(std::span<const uint64_t> slots, uint32_t bits) {
  mask_ = (uint32_t{1} << bits) - 1;
  bucket_shift_ = 64 - (bits - kBitsPerBucket);
  slots_.assign(size_t{1} << bits, kEmpty);
  displacements_.assign(size_t{1} << (bits - kBitsPerBucket), 0);
  std::vector<std::vector<uint64_t>> buckets(displacements_.size());
  for (const uint64_t slot : slots) buckets[bucket(slot >> kPairShift)].push_back(slot);
  std::stable_sort(buckets.begin(), buckets.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  size_t num_tries = 0;
  for (const std::vector<uint64_t>& together : buckets) {
    if (together.empty()) break;
    uint32_t displacement = 0;
    while (!fit(together, displacement)) {
      num_tries += together.size();
      if (++displacement > std::min<uint32_t>(mask_, UINT16_MAX) || num_tries > kTriesPerMerge * slots.size()) return false;
    }
    displacements_[bucket(together.front() >> kPairShift)] = static_cast<uint16_t>(displacement);
  }
  return true;
}

/// Puts a bucket's pairs at their places if these are free.
bool RankTable::fit(std::span<const uint64_t> bucket, uint32_t displacement) {
  for (size_t i = 0; i < bucket.size(); ++i) {
    uint64_t& slot = slots_[place_in(bucket[i], displacement)];
    if (slot != kEmpty) {
      for (size_t j = 0; j < i; ++j) slots_[place_in(bucket[j], displacement)] = kEmpty;
      return false;
    }
    slot = bucket[i];
  }
  return true;
}

}  // namespace selene::models
