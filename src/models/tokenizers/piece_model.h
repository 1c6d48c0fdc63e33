#pragma once

#include <memory>

#include "base/json/json_document.h"
#include "base/result.h"
#include "models/tokenizers/pre_tokenizer.h"
#include "models/tokenizers/text_piece.h"
#include "models/tokenizers/vocabulary.h"

namespace selene::models {

/// The `model` of a tokenizer.json: one pre-tokenized piece to token ids. Immutable, thread-safe.
class PieceModel {
 public:
  /// Scratch memory of one caller.
  class Scratch {
   public:
    virtual ~Scratch() = default;
  };
  virtual ~PieceModel() = default;
  virtual std::unique_ptr<Scratch> make_scratch() const = 0;
  /// Adds the piece's tokens; may exceed the sink's limit by the tokens of this piece.  REQUIRES: piece not empty, well-formed
  /// UTF-8.
  virtual void tokenize(TextPiece piece, Scratch& scratch, TokenSink& sink) const = 0;
};

/// Each refers to `vocabulary`, which must outlive it. Errors: kIllegalArgument naming what is unknown or wrong.
base::Result<std::unique_ptr<PieceModel>> make_unigram(base::JsonValue model, const Vocabulary& vocabulary);
base::Result<std::unique_ptr<PieceModel>> make_bpe(base::JsonValue model, const Vocabulary& vocabulary, TextUnits units);
base::Result<std::unique_ptr<PieceModel>> make_word_piece_model(base::JsonValue model, const Vocabulary& vocabulary);

/// The tokens of a Unigram model: a list of [token, score]; a token's id is its place.
base::Result<Vocabulary> parse_unigram_vocabulary(base::JsonValue list);

}  // namespace selene::models
