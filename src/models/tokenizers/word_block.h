#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <span>

#include "models/tokenizers/piece_model.h"
#include "models/tokenizers/text_piece.h"
#include "models/tokenizers/word_cache.h"

namespace selene::models {

/// Words that are encoded together.
inline constexpr size_t kBlock = 256;
static_assert(kBlock - 1 <= UINT8_MAX);

/// Whether an entry is one that the cache may keep: what became of other words is no use or too much.
inline bool is_cached(const WordCache::Entry& entry) { return entry.num_tokens > 0 && entry.num_tokens <= WordCache::kMaxTokens; }

/// Tokens of a block's words. Room for as many as the cache keeps of each, or for one word of any size it may have.
struct BlockTokens {
  static_assert(kBlock * WordCache::kMaxTokens >= WordTokens::kMaxBytes && WordCache::kMaxBytes == WordTokens::kMaxBytes &&
                WordCache::kMaxBytes < kTextPadding && WordCache::kMaxTokens == WordTokens::kFew);
  std::array<int32_t, kBlock * WordCache::kMaxTokens> ids;
  std::array<ByteRange, kBlock * WordCache::kMaxTokens> offsets;
  size_t size = 0;

  void add(const TextPiece& word, const WordCache::Entry& known) {
    std::memcpy(ids.data() + size, known.ids.data(), sizeof known.ids);  // all: that has no branch
    add_offsets(word, known.ends, known.is_ascii);
    size += known.num_tokens;
  }
  /// The ids alone of the first words, up to one that the cache does not keep; gives how many words these are.
  size_t add_ids(std::span<const WordCache::Entry* const> entries) {
    size_t end = size;  // not in memory, where each word would wait for the one before
    size_t i = 0;
    for (; i < entries.size() && is_cached(*entries[i]); ++i) {
      std::memcpy(ids.data() + end, entries[i]->ids.data(), sizeof entries[i]->ids);
      end += entries[i]->num_tokens;
    }
    size = end;
    return i;
  }
  /// Of a word that the cache has no room for.  REQUIRES: nothing else is here.
  void add(const TextPiece& word, const WordTokens& learnt, bool is_ascii, bool keeps_offsets) {
    std::copy_n(learnt.ids.begin(), learnt.num_tokens, ids.begin());
    if (keeps_offsets) add_offsets(word, learnt.ends, is_ascii);
    size = learnt.num_tokens;
  }
  void add_offsets(const TextPiece& word, uint32_t ends, bool is_ascii) {
    const bool is_plain = is_ascii && word.origin == nullptr;
    ByteRange* out = offsets.data() + size;
    uint32_t begin = 0;
    for (; ends != 0; ends &= ends - 1) {
      const auto end = static_cast<uint32_t>(std::countr_zero(ends));
      *out++ = is_plain ? ByteRange(word.base + begin, word.base + end) : word.range(begin, end);
      begin = end;
    }
  }
  void move_to(TokenSink& sink) {
    sink.append(std::span(ids).first(size), offsets.data());
    size = 0;
  }
};

/// The words of a block that the cache does not know.
struct NewWords {
  std::array<NewWord, kBlock> words;
  std::array<WordCache::Entry, kBlock> entries;
  std::array<WordCache::Entry*, kBlock> rooms;  // null: the cache does not keep it

  void make_entry(size_t i, const WordCache::Key& key, WordCache& cache) {
    const WordTokens& tokens = words[i].tokens;
    WordCache::Entry& entry = entries[i];
    entry.ends = tokens.ends;
    entry.num_tokens = static_cast<uint16_t>(tokens.num_tokens);
    entry.is_ascii = key.is_ascii();
    entry.word = key.word;
    std::memcpy(entry.ids.data(), tokens.ids.data(), sizeof entry.ids);  // all: that has no branch
    rooms[i] = is_cached(entry) ? &cache.room_for(entry.word) : nullptr;
  }
  /// REQUIRES: an entry of `entries`.
  const WordTokens& tokens_of(const WordCache::Entry* entry) const {
    return words[static_cast<size_t>(entry - entries.data())].tokens;
  }
};

}  // namespace selene::models
