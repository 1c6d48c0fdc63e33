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
  static constexpr size_t kMaxBytes = 23;
  static constexpr size_t kMaxTokens = 8;
  /// A word, zeros behind its end, and its size in the last byte.
  using Bytes = std::array<uint64_t, (kMaxBytes + 1) / sizeof(uint64_t)>;
  struct alignas(64) Entry {
    uint32_t ends = 0;  ///< bit i: a token ends before the word's byte i
    uint16_t num_tokens = 0;
    bool is_ascii = false;
    Bytes word{};  ///< all zeros: none
    std::array<int32_t, kMaxTokens> ids{};
  };
  /// A word and the only place where its entry can be.
  struct Key {
    Bytes word;
    const Entry* place;

    /// kMaxBytes can be read.
    std::string_view view() const { return {reinterpret_cast<const char*>(word.data()), word.back() >> 56}; }
    bool is_ascii() const { return ((word[0] | word[1] | word[2]) & kEachByte * 0x80) == 0; }
  };

  static bool holds(std::string_view word) { return !word.empty() && word.size() <= kMaxBytes; }
  /// Starts to fetch the word's place. Valid until the next `room_for`.
  /// REQUIRES: holds(word), kMaxBytes + 1 bytes can be read at word.data().
  Key key(std::string_view word) {
    if (entries_.empty()) make_room();
    const Bytes& mask = kMasks[word.size()];
    const Bytes bytes = {load(word.data()) & mask[0], load(word.data() + 8) & mask[1],
                         (load(word.data() + 16) & mask[2]) | uint64_t{word.size()} << 56};
    const uint64_t hash = hash_of(bytes);
    const uint32_t ways = ways_of(tags_[set_of(hash)], tag_of(hash));
    // Without a branch: a new word cannot be foretold.
    const size_t is_new = ways == 0 ? 1 : 0;
    const Entry* place = &entries_[place_of(hash, lowest(ways)) & (is_new - 1)];
    __builtin_prefetch(place);
    return {bytes, place};
  }
  /// Whether the place is the word's. Valid until one is written.
  static bool knows(const Key& key) {
    const Bytes& found = key.place->word;
    return ((found[0] ^ key.word[0]) | (found[1] ^ key.word[1]) | (found[2] ^ key.word[2])) == 0;
  }
  /// Where the entry of a word goes, which is to be written later; what stands there can be read until then.
  Entry& room_for(const Bytes& word) {
    const uint64_t hash = hash_of(word);
    const uint8_t tag = tag_of(hash);
    uint32_t& tags = tags_[set_of(hash)];
    uint32_t ways = ways_of(tags, tag);  // words of one tag take turns in one place
    if (ways == 0) ways = ways_of(tags, 0);
    const uint32_t way = ways != 0 ? lowest(ways) : tag / 2 % kWays;
    tags &= ~(uint32_t{0xFF} << (8 * way));
    tags |= uint32_t{tag} << (8 * way);
    Entry& entry = entries_[place_of(hash, way)];
    __builtin_prefetch(&entry, 1);
    return entry;
  }

 private:
  static constexpr uint32_t kWays = 4;
  static constexpr uint32_t kSetBits = 13;
  static constexpr uint64_t kEachByte = 0x0101010101010101ULL;
  static constexpr uint32_t kEachTag = 0x01010101;
  /// By the number of bytes: those that belong to the word. Little-endian, as all processors that the kernels know.
  static constexpr std::array<Bytes, kMaxBytes + 1> kMasks = [] {
    std::array<Bytes, kMaxBytes + 1> masks{};
    for (size_t size = 0; size <= kMaxBytes; ++size) {
      for (size_t byte = 0; byte < size; ++byte) masks[size][byte / 8] |= uint64_t{0xFF} << (byte % 8 * 8);
    }
    return masks;
  }();
  static_assert(std::tuple_size_v<Bytes> == 3);
  static uint64_t load(const char* bytes) {
    uint64_t read;
    std::memcpy(&read, bytes, sizeof read);
    return read;
  }
  static uint64_t hash_of(const Bytes& word) {
    return word[0] * 0x9E3779B97F4A7C15ULL + word[1] * 0xC2B2AE3D27D4EB4FULL + word[2] * 0x165667B19E3779F9ULL;
  }
  static size_t set_of(uint64_t hash) { return hash >> (64 - kSetBits); }
  static size_t place_of(uint64_t hash, uint32_t way) { return set_of(hash) * kWays + way + 1; }
  /// Not 0.
  static uint8_t tag_of(uint64_t hash) {
    const auto tag = static_cast<uint8_t>(hash >> (56 - kSetBits));
    return tag == 0 ? 1 : tag;
  }
  void make_room() {
    entries_.resize((size_t{kWays} << kSetBits) + 1);
    tags_.resize(size_t{1} << kSetBits);
  }
  /// The uppermost bit of the eight of each place that has this tag; above the lowest one there may be others.
  static uint32_t ways_of(uint32_t tags, uint8_t tag) {
    const uint32_t differences = tags ^ tag * kEachTag;
    return (differences - kEachTag) & ~differences & kEachTag << 7;
  }
  static uint32_t lowest(uint32_t ways) { return static_cast<uint32_t>(std::countr_zero(ways | uint32_t{1} << 31)) / 8; }

  std::vector<Entry> entries_;  // the first one is that of no word
  std::vector<uint32_t> tags_;  // by set: eight bits a place, 0: empty
};

}  // namespace selene::models
