#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace selene::models {

/// The tokens of words met before: a word of at most kMaxBytes that became at most kMaxTokens has a set of four places, of which a
/// new word takes an empty one, else the one its hash says. Fixed size, 2 MiB once used. One thread.
class WordCache {
 public:
  static constexpr size_t kMaxBytes = 24;
  static constexpr size_t kMaxTokens = 8;
  using Bytes = std::array<uint64_t, kMaxBytes / sizeof(uint64_t)>;
  struct alignas(64) Entry {
    uint8_t num_bytes = 0;  ///< 0: none
    uint8_t num_tokens = 0;
    bool is_ascii = false;
    uint32_t ends = 0;  ///< bit i: a token ends before the word's byte i
    Bytes word{};       ///< zeros behind its end
    std::array<int32_t, kMaxTokens> ids{};
  };
  /// A word and where it is looked for.
  struct Key {
    Bytes word;
    uint32_t set;
    uint16_t tag;
    uint8_t way;  ///< the only place in the set where the word can be; where it goes if it is not there
    uint8_t num_bytes;
    bool is_ascii;
  };

  static bool holds(std::string_view word) { return !word.empty() && word.size() <= kMaxBytes; }
  /// Starts to fetch the word's place. `num_readable`: how many bytes may be read at word.data().
  /// REQUIRES: holds(word), word.size() <= num_readable.
  Key key(std::string_view word, size_t num_readable) {
    if (entries_.empty()) make_room();
    const Bytes read = num_readable >= kMaxBytes ? load(word.data()) : load_part(word);
    const Bytes& mask = kMasks[word.size()];
    const Bytes bytes = {read[0] & mask[0], read[1] & mask[1], read[2] & mask[2]};
    const uint64_t hash = hash_of(bytes);
    const auto set = static_cast<uint32_t>(hash >> (64 - kSetBits));
    const auto tag = static_cast<uint16_t>((hash >> (48 - kSetBits)) | 1);
    const uint8_t way = way_for(set, tag);
    __builtin_prefetch(&entry(set, way), 1);
    const bool is_ascii = ((bytes[0] | bytes[1] | bytes[2]) & kEachByte * 0x80) == 0;
    return {bytes, set, tag, way, static_cast<uint8_t>(word.size()), is_ascii};
  }
  /// Null if the word is not there. Valid until the next `put`.
  const Entry* find(const Key& key) const {
    const Entry& found = entry(key.set, key.way);
    const uint64_t differences = (found.word[0] ^ key.word[0]) | (found.word[1] ^ key.word[1]) | (found.word[2] ^ key.word[2]);
    return found.num_bytes == key.num_bytes && differences == 0 ? &found : nullptr;
  }
  /// REQUIRES: at most kMaxTokens ids, as many bits in `ends`.
  void put(const Key& key, std::span<const int32_t> ids, uint32_t ends) {
    tags_[key.set] &= ~(uint64_t{0xFFFF} << (16 * key.way));
    tags_[key.set] |= uint64_t{key.tag} << (16 * key.way);
    Entry& entry = entries_[key.set * kWays + key.way];
    entry.num_bytes = key.num_bytes;
    entry.num_tokens = static_cast<uint8_t>(ids.size());
    entry.is_ascii = key.is_ascii;
    entry.word = key.word;
    std::copy(ids.begin(), ids.end(), entry.ids.begin());
    entry.ends = ends;
  }

 private:
  static constexpr uint32_t kWays = 4;
  static constexpr uint32_t kSetBits = 13;
  static constexpr uint64_t kEachByte = 0x0101010101010101ULL;
  static constexpr uint64_t kEachTag = 0x0001000100010001ULL;
  /// By the number of bytes: those that belong to the word. Little-endian, as all processors that the kernels know.
  static constexpr std::array<Bytes, kMaxBytes + 1> kMasks = [] {
    std::array<Bytes, kMaxBytes + 1> masks{};
    for (size_t size = 0; size <= kMaxBytes; ++size) {
      for (size_t byte = 0; byte < size; ++byte) masks[size][byte / 8] |= uint64_t{0xFF} << (byte % 8 * 8);
    }
    return masks;
  }();
  static_assert(std::tuple_size_v<Bytes> == 3);
  static Bytes load(const char* bytes) {
    uint64_t parts[3];
    std::memcpy(parts, bytes, sizeof parts);
    return {parts[0], parts[1], parts[2]};
  }
  static Bytes load_part(std::string_view word) {
    char bytes[kMaxBytes] = {};
    std::memcpy(bytes, word.data(), word.size());
    return load(bytes);
  }
  static uint64_t hash_of(const Bytes& word) {
    uint64_t hash = 0;
    for (const uint64_t part : word) hash = (hash ^ part) * 0x9E3779B97F4A7C15ULL ^ (hash >> 29);
    return hash;
  }
  void make_room() {
    entries_.resize(size_t{kWays} << kSetBits);
    tags_.resize(size_t{1} << kSetBits);
  }
  const Entry& entry(uint32_t set, int way) const { return entries_[set * kWays + static_cast<uint32_t>(way)]; }
  uint8_t way_for(uint32_t set, uint16_t tag) const {
    int way = way_of(set, tag);  // words of one tag take turns in one place
    if (way < 0) way = way_of(set, 0);
    return static_cast<uint8_t>(way < 0 ? tag / 2 % kWays : static_cast<uint32_t>(way));
  }
  /// The first place of the set with this tag; -1 if there is none.
  int way_of(uint32_t set, uint16_t tag) const {
    const uint64_t differences = tags_[set] ^ tag * kEachTag;
    // The lowest 16 bits that are zero get their upper bit; those above may get one by the borrow.
    const uint64_t zeros = (differences - kEachTag) & ~differences & kEachTag << 15;
    return zeros == 0 ? -1 : std::countr_zero(zeros) / 16;
  }

  std::vector<Entry> entries_;
  std::vector<uint64_t> tags_;  // by set: sixteen bits a place, 0: empty
};

}  // namespace selene::models
