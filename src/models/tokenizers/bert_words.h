#pragma once

#include <array>

#include "models/tokenizers/code_point_table.h"
#include "models/tokenizers/text_piece.h"
#include "models/tokenizers/word_piece.h"

namespace selene::models {

/// BertNormalizer, BertPreTokenizer and WordPiece in one pass over the bytes: no normalized text is stored, only the word at hand.
/// Immutable, thread-safe; refers to the model's trie.
class BertWords {
 public:
  BertWords(BertNormalizerOptions options, WordPiece model);

  /// Stops once the sink is full. Ill-formed UTF-8 reads as U+FFFD.
  void encode(TextPiece piece, TokenSink& sink) const;
  const CodePointTable& table() const { return table_; }

 private:
  template <bool kKeepOffsets>
  class WordBuffer;
  template <bool kKeepOffsets>
  void encode_words(const TextPiece& piece, TokenSink& sink) const;

  CodePointTable table_;
  WordPiece model_;
  /// The letter an ASCII byte becomes, or one of the marks below.
  std::array<uint8_t, 256> ascii_{};
  std::array<int32_t, 128> punctuation_ids_{};
};

}  // namespace selene::models
