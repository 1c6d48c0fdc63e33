#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace selene::models {

/// A merge of byte pair encoding: what two tokens beside each other become, and when.
struct Merge {
  uint32_t rank;  ///< the lower, the earlier
  int32_t id;     ///< of the joined token
};

/// (left id, right id) to merge. Open addressing, at most half full. Immutable after the inserts, thread-safe.
class MergeTable {
 public:
  struct Entry {
    int32_t left;
    int32_t right;
    Merge merge;
  };

  explicit MergeTable(size_t num_merges) {
    while (size_t{1} << bits_ < num_merges * 2 + 1) ++bits_;
    slots_.resize(size_t{1} << bits_);
  }
  /// Of equal pairs the last one counts.
  void insert(int32_t left, int32_t right, Merge merge) {
    Slot& slot = slots_[place(key(left, right))];
    slot = {key(left, right), merge};
  }
  const Merge* find(int32_t left, int32_t right) const {
    const Slot& slot = slots_[place(key(left, right))];
    return slot.key == kEmpty ? nullptr : &slot.merge;
  }
  /// All of them, in no order.
  std::vector<Entry> entries() const {
    std::vector<Entry> entries;
    for (const Slot& slot : slots_) {
      if (slot.key == kEmpty) continue;
      entries.push_back({static_cast<int32_t>(slot.key >> 32), static_cast<int32_t>(slot.key & UINT32_MAX), slot.merge});
    }
    return entries;
  }

 private:
  static constexpr uint64_t kEmpty = ~uint64_t{0};
  struct Slot {
    uint64_t key = kEmpty;
    Merge merge = {};
  };
  static uint64_t key(int32_t left, int32_t right) {
    return uint64_t{static_cast<uint32_t>(left)} << 32 | static_cast<uint32_t>(right);
  }
  size_t place(uint64_t key) const {
    // The upper bits: the left id has no part in the lower ones.
    size_t i = static_cast<size_t>((key * 0x9E3779B97F4A7C15ULL) >> (64 - bits_));
    while (slots_[i].key != kEmpty && slots_[i].key != key) i = (i + 1) & (slots_.size() - 1);
    return i;
  }
  int bits_ = 4;  // of the number of slots
  std::vector<Slot> slots_;
};

}  // namespace selene::models
