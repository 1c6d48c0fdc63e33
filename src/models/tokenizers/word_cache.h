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
  using Bytes = std::array<uint64_t, kMaxBytes / sizeof(uint64_t)>;
  struct alignas(64) Entry {
    uint8_t num_bytes = 0;  ///< 0: none
    uint8_t num_tokens = 0;
    uint32_t ends = 0;  ///< bit i: a token ends before the word's byte i
    Bytes word{};       ///< zeros behind its end
    std::array<int32_t, kMaxTokens> ids{};
  };
  /// A word and its place.
  struct Key {
    Bytes word;
    uint32_t place;
    uint8_t num_bytes;
  };

  static bool holds(std::string_view word) { return !word.empty() && word.size() <= kMaxBytes; }
  /// Starts to fetch the word's place. `num_readable`: how many bytes may be read at word.data().
  /// REQUIRES: holds(word), word.size() <= num_readable.
  Key key(std::string_view word, size_t num_readable) {
    if (entries_.empty()) entries_.resize(kNumEntries);
    Key key{{}, 0, static_cast<uint8_t>(word.size())};
    std::memcpy(key.word.data(), word.data(), num_readable >= kMaxBytes ? kMaxBytes : word.size());
    for (size_t i = 0; i < key.word.size(); ++i) key.word[i] &= kMasks[word.size()][i];
    key.place = place(key.word);
    __builtin_prefetch(&entries_[key.place]);
    return key;
  }
  /// Null if the word is not there. Valid until the next `put`.
  const Entry* find(const Key& key) const {
    const Entry& entry = entries_[key.place];
    return entry.num_bytes == key.num_bytes && entry.word == key.word ? &entry : nullptr;
  }
  /// REQUIRES: as many bits in `ends` as ids.
  void put(const Key& key, std::span<const int32_t> ids, uint32_t ends) {
    if (ids.size() > kMaxTokens) return;
    Entry& entry = entries_[key.place];
    entry.num_bytes = key.num_bytes;
    entry.num_tokens = static_cast<uint8_t>(ids.size());
    entry.word = key.word;
    std::copy(ids.begin(), ids.end(), entry.ids.begin());
    entry.ends = ends;
  }

 private:
  static constexpr size_t kNumEntries = size_t{1} << 14;
  /// By the number of bytes: those that belong to the word. Little-endian, as all processors that the kernels know.
  static constexpr std::array<Bytes, kMaxBytes + 1> kMasks = [] {
    std::array<Bytes, kMaxBytes + 1> masks{};
    for (size_t size = 0; size <= kMaxBytes; ++size) {
      for (size_t byte = 0; byte < size; ++byte) masks[size][byte / 8] |= uint64_t{0xFF} << (byte % 8 * 8);
    }
    return masks;
  }();
  static uint32_t place(const Bytes& word) {
    uint64_t hash = 0;
    for (const uint64_t part : word) hash = (hash ^ part) * 0x9E3779B97F4A7C15ULL ^ (hash >> 29);
    return static_cast<uint32_t>(hash >> 50);
  }
  static_assert(kNumEntries == size_t{1} << (64 - 50));

  std::vector<Entry> entries_;
};

}  // namespace selene::models
