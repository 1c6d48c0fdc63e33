#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "inference/types/inference_types.h"

namespace selene::inference {

/// A word and what clings to it: everything up to the next blank or the next word. `end` >= `word_end`.
struct WordSpan {
  size_t begin = 0;
  size_t word_end = 0;
  size_t end = 0;
};

/// The words of a text by UAX #29 as ICU has it (dictionaries for Chinese, Japanese, Thai, ...), ascending. Runs without letter,
/// digit, kana or ideograph (punctuation, blanks, emoji) are no words; those that follow a word without a blank cling to it.
std::vector<WordSpan> find_words(std::string_view text);

/// The sentences of a text by UAX #29: they cover it without gaps, blanks belong to the sentence before them. Empty for no text.
std::vector<ByteSpan> find_sentences(std::string_view text);

/// Words of one text, counted and found by place. Holds no view of the text. Immutable, thread-safe.
class WordIndex {
 public:
  explicit WordIndex(std::string_view text) : words_(find_words(text)) {}
  /// How many words begin in the span.
  size_t count(ByteSpan span) const { return lower(span.end) - lower(span.begin); }
  /// The number of the first word that begins at `at` or behind it.
  size_t lower(size_t at) const;
  const WordSpan& operator[](size_t number) const { return words_[number]; }

 private:
  std::vector<WordSpan> words_;
};

}  // namespace selene::inference
