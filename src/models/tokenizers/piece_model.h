#pragma once

#include <array>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "models/tokenizers/pre_tokenizer.h"
#include "models/tokenizers/text_piece.h"
#include "models/tokenizers/vocabulary.h"

namespace selene::models {

/// The tokens of a short word, which lie in it side by side.
struct WordTokens {
  static constexpr size_t kMaxBytes = 23;
  static constexpr size_t kFew = 8;
  std::array<int32_t, kMaxBytes> ids{};  ///< the first kFew may be read whatever their number
  uint32_t num_tokens;
  uint32_t ends;  ///< bit i: a token ends before the word's byte i
};

/// A word of at most WordTokens::kMaxBytes and what becomes of it. One byte more can be read at text.data().
struct NewWord {
  std::string_view text;
  WordTokens tokens;  ///< none if it is not known what becomes of it, or its tokens do not lie side by side
};

/// The `model` of a tokenizer.json: one pre-tokenized piece to token ids. Immutable, thread-safe.
class PieceModel {
 public:
  /// Scratch memory of one caller.
  class Scratch {
   public:
    virtual ~Scratch() = default;

   private:
    friend class PieceModel;
    std::vector<int32_t> ids_;  // of tokenize_word
    std::vector<ByteRange> ranges_;
  };
  virtual ~PieceModel() = default;
  virtual std::unique_ptr<Scratch> make_scratch() const = 0;
  /// Adds the piece's tokens; may exceed the sink's limit by the tokens of this piece.  REQUIRES: piece not empty, well-formed
  /// UTF-8.
  virtual void tokenize(TextPiece piece, Scratch& scratch, TokenSink& sink) const = 0;
  /// The same of words.
  virtual void tokenize_words(std::span<NewWord> words, Scratch& scratch) const;
  /// A character before which a text may be cut unless it stands behind another one of it: no token lies on both sides. Empty if
  /// there is none known.
  virtual std::string_view word_start() const { return {}; }

 private:
  bool tokenize_word(std::string_view word, Scratch& scratch, WordTokens& out) const;
};

/// Each refers to `vocabulary`, which must outlive it. Errors: kIllegalArgument naming what is unknown or wrong.
base::Result<std::unique_ptr<PieceModel>> make_unigram(base::JsonValue model, const Vocabulary& vocabulary);
base::Result<std::unique_ptr<PieceModel>> make_bpe(base::JsonValue model, const Vocabulary& vocabulary, TextUnits units);
base::Result<std::unique_ptr<PieceModel>> make_word_piece_model(base::JsonValue model, const Vocabulary& vocabulary);

/// The tokens of a Unigram model: a list of [token, score]; a token's id is its place.
base::Result<Vocabulary> parse_unigram_vocabulary(base::JsonValue list);

}  // namespace selene::models
