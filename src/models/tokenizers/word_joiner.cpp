#include "models/tokenizers/word_joiner.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace selene::models {
namespace {

using Key = RankTable::Key;
using Number = RankTable::Number;

/// Four keys as what they are bits of.
using Floats __attribute__((vector_size(16))) = float;

Floats lower(Floats a, Floats b) { return a < b ? a : b; }

/// Words of at most kSymbols bytes that are joined together.
template <size_t kSymbols>
class Batch {
 public:
  explicit Batch(const RankTable& ranks) : ranks_(ranks) {}

  void add(NewWord& word) {
    states_[size_].start(ranks_, word.text);
    words_[size_] = &word;
    if (++size_ == kMaxWords) join();
  }

  /// One merge of each word in turn.
  void join() {
    std::array<uint8_t, kMaxWords> active;
    std::array<Key, kMaxWords> best;
    for (size_t i = 0; i < size_; ++i) active[i] = static_cast<uint8_t>(i);
    for (size_t num_active = size_; num_active > 0;) {
      size_t num_kept = 0;
      for (size_t i = 0; i < num_active; ++i) {
        active[num_kept] = active[i];
        best[num_kept] = states_[active[i]].least();
        num_kept += best[num_kept] < RankTable::kNone ? 1 : 0;
      }
      num_active = num_kept;
      for (size_t i = 0; i < num_active; ++i) states_[active[i]].merge(ranks_, best[i]);
    }
    for (size_t i = 0; i < size_; ++i) states_[i].finish(ranks_, *words_[i]);
    size_ = 0;
  }

 private:
  static constexpr size_t kMaxWords = 16;

  /// Symbols stand from 1 on, where they were: of a joined pair the left one stays. Nobody stands before and behind them.
  class State {
   public:
    /// As many steps whatever the word's size is.
    void start(const RankTable& ranks, std::string_view word) {
      for (size_t i = 0; i < kSymbols; ++i) numbers_[i + 1] = static_cast<uint8_t>(word.data()[i]);
      for (size_t i = 0; i + 1 < kSymbols; ++i) {
        uint16_t bytes;
        std::memcpy(&bytes, word.data() + i, sizeof bytes);
        keys_[i + 1] = ranks.find_bytes(bytes) | static_cast<Key>(i + 1);
      }
      std::fill_n(keys_.begin() + static_cast<std::ptrdiff_t>(word.size()), kSymbols, RankTable::kNone);
      numbers_[0] = numbers_[word.size() + 1] = RankTable::kNobody;
      for (size_t i = 0; i < next_.size(); ++i) {
        next_[i] = static_cast<uint8_t>(i + 1);
        previous_[i] = static_cast<uint8_t>(i - 1);
      }
      begins_ = (uint32_t{1} << word.size()) - 1;
      num_tokens_ = static_cast<uint32_t>(word.size());
    }

    /// The best pair: of the lowest rank, the leftmost among equals.
    Key least() const {
      Floats best = load(1);
      for (size_t i = 5; i <= kSymbols; i += 4) best = lower(best, load(i));
      best = lower(best, __builtin_shufflevector(best, best, 2, 3, 0, 1));
      best = lower(best, __builtin_shufflevector(best, best, 1, 0, 3, 2));
      return std::bit_cast<Key>(best[0]);
    }

    void merge(const RankTable& ranks, Key best) {
      const size_t left = best % (1u << RankTable::kPlaceBits);
      const size_t right = next_[left];
      const size_t next = next_[right];
      const size_t previous = previous_[left];
      numbers_[left] = ranks.joined(RankTable::rank(best));
      next_[left] = static_cast<uint8_t>(next);
      previous_[next] = static_cast<uint8_t>(left);
      begins_ ^= uint32_t{1} << (right - 1);
      --num_tokens_;
      keys_[right] = RankTable::kNone;
      keys_[left] = ranks.find(numbers_[left], numbers_[next]) | static_cast<Key>(left);
      keys_[previous] = ranks.find(numbers_[previous], numbers_[left]) | static_cast<Key>(previous);
    }

    void finish(const RankTable& ranks, NewWord& word) {
      WordTokens& out = word.tokens;
      out.num_tokens = num_tokens_;
      out.ends = (begins_ ^ 1) | uint32_t{1} << word.text.size();
      constexpr uint32_t kEnd = uint32_t{1} << kSymbols;
      numbers_[kSymbols + 1] = 0;  // any that has an id
      uint32_t begins = begins_;
      const size_t num_written = std::max<size_t>(num_tokens_, WordTokens::kFew);
      for (size_t i = 0; i < num_written; ++i) {
        out.ids[i] = ranks.id(numbers_[static_cast<size_t>(std::countr_zero(begins | kEnd)) + 1]);
        begins &= begins - 1;
      }
    }

   private:
    static_assert(kSymbols % 4 == 0 && kSymbols < 1u << RankTable::kPlaceBits);
    Floats load(size_t first) const {
      Floats floats;
      std::memcpy(&floats, keys_.data() + first, sizeof floats);
      return floats;
    }

    std::array<Key, 2 * kSymbols + 1> keys_;  // of each symbol with the next one, with its place; room for what ends them
    std::array<Number, kSymbols + 2> numbers_;
    std::array<uint8_t, kSymbols + 2> next_;
    std::array<uint8_t, kSymbols + 2> previous_;
    uint32_t begins_;  // bit i: a token begins at byte i
    uint32_t num_tokens_;
  };

  const RankTable& ranks_;
  std::array<State, kMaxWords> states_;
  std::array<NewWord*, kMaxWords> words_;
  size_t size_ = 0;
};

}  // namespace

void join_words(const RankTable& ranks, std::span<NewWord> words) {
  Batch<8> few(ranks);
  Batch<16> some(ranks);
  Batch<WordTokens::kMaxBytes + 1> many(ranks);
  for (NewWord& word : words) {
    if (word.text.size() <= 8) {
      few.add(word);
    } else if (word.text.size() <= 16) {
      some.add(word);
    } else {
      many.add(word);
    }
  }
  few.join();
  some.join();
  many.join();
}

}  // namespace selene::models
