#include "index/segments/term_table.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <numeric>

namespace selene::index {

TermTable::TermTable() : slots_(64, 0) {}

uint32_t TermTable::add(std::string_view term) {
  const uint64_t hash = XXH3_64bits(term.data(), term.size());
  const size_t mask = slots_.size() - 1;
  size_t slot = hash & mask;
  for (; slots_[slot] != 0; slot = (slot + 1) & mask) {
    Entry& entry = entries_[slots_[slot] - 1];
    if (entry.hash == hash && entry.length == term.size() &&
        std::memcmp(bytes_.data() + entry.begin, term.data(), term.size()) == 0) {
      ++entry.count;
      return slots_[slot] - 1;
    }
  }
  entries_.push_back({bytes_.size(), static_cast<uint32_t>(term.size()), 1, hash});
  bytes_.append(term);
  slots_[slot] = static_cast<uint32_t>(entries_.size());
  const auto number = static_cast<uint32_t>(entries_.size() - 1);
  if (entries_.size() * 2 > slots_.size()) grow();
  return number;
}

void TermTable::grow() {
  std::vector<uint32_t> slots(slots_.size() * 2, 0);
  const size_t mask = slots.size() - 1;
  for (size_t i = 0; i < entries_.size(); ++i) {
    size_t slot = entries_[i].hash & mask;
    while (slots[slot] != 0) slot = (slot + 1) & mask;
    slots[slot] = static_cast<uint32_t>(i + 1);
  }
  slots_ = std::move(slots);
}

std::vector<uint32_t> TermTable::sorted() const {
  // The first 8 bytes as a number decide most comparisons without touching the arena.
  std::vector<std::pair<uint64_t, uint32_t>> keyed(entries_.size());
  for (uint32_t i = 0; i < size(); ++i) {
    uint64_t key = 0;
    const std::string_view bytes = term(i);
    std::memcpy(&key, bytes.data(), std::min<size_t>(bytes.size(), sizeof key));
    keyed[i] = {__builtin_bswap64(key), i};
  }
  std::sort(keyed.begin(), keyed.end(), [this](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : term(a.second) < term(b.second);
  });
  std::vector<uint32_t> numbers(keyed.size());
  std::transform(keyed.begin(), keyed.end(), numbers.begin(), [](const auto& pair) { return pair.second; });
  return numbers;
}

}  // namespace selene::index
