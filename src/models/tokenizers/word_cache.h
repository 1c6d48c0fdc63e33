#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace selene::models {

/// The tokens of words met before: a word of at most kMaxBytes that became at most kMaxTokens has one place, where the word that
/// came last stays. Fixed size, 1 MiB once used. One thread.
class WordCache {
 public:
  static constexpr size_t kMaxBytes = 24;
  static constexpr size_t kMaxTokens = 8;
  struct alignas(64) Entry {
    uint8_t num_bytes = 0;  ///< 0: none
    uint8_t num_tokens = 0;
    uint32_t ends = 0;                   ///< bit i: a token ends before the word's byte i
    std::array<char, kMaxBytes> word{};  ///< zeros behind its end
    std::array<int32_t, kMaxTokens> ids{};
  };

  static bool holds(std::string_view word) { return !word.empty() && word.size() <= kMaxBytes; }
  /// Null if the word is not there. Valid until the next `put`.  REQUIRES: holds(word).
  const Entry* find(std::string_view word) {
    if (entries_.empty()) entries_.resize(kNumEntries);
    const Key key = key_of(word);
    const Entry& entry = entries_[place(key)];
    const bool is_same = entry.num_bytes == word.size() && std::memcmp(entry.word.data(), key.data(), kMaxBytes) == 0;
    return is_same ? &entry : nullptr;
  }
  /// REQUIRES: find(word) was asked before; as many bits in `ends` as ids.
  void put(std::string_view word, std::span<const int32_t> ids, uint32_t ends) {
    if (ids.size() > kMaxTokens) return;
    const Key key = key_of(word);
    Entry& entry = entries_[place(key)];
    entry.num_bytes = static_cast<uint8_t>(word.size());
    entry.num_tokens = static_cast<uint8_t>(ids.size());
    std::memcpy(entry.word.data(), key.data(), kMaxBytes);
    std::copy(ids.begin(), ids.end(), entry.ids.begin());
    entry.ends = ends;
  }

 private:
  static constexpr size_t kNumEntries = size_t{1} << 14;
  using Key = std::array<uint64_t, kMaxBytes / sizeof(uint64_t)>;
  static Key key_of(std::string_view word) {
    Key key{};
    std::memcpy(key.data(), word.data(), word.size());
    return key;
  }
  static size_t place(const Key& key) {
    uint64_t hash = 0;
    for (const uint64_t part : key) hash = (hash ^ part) * 0x9E3779B97F4A7C15ULL ^ (hash >> 29);
    return static_cast<size_t>(hash >> 50);
  }
  static_assert(kNumEntries == size_t{1} << (64 - 50));

  std::vector<Entry> entries_;
};

}  // namespace selene::models
