#pragma once

#include <memory>

#include "base/json/json_document.h"
#include "base/result.h"
#include "models/tokenizers/added_tokens.h"
#include "models/tokenizers/text_piece.h"
#include "models/tokenizers/vocabulary.h"

namespace selene::models {

/// Normalizer, pre-tokenizer and model: a text between added tokens to token ids. Immutable, thread-safe.
class SectionEncoder {
 public:
  virtual ~SectionEncoder() = default;
  /// Stops once the sink is full. Ill-formed UTF-8 reads as U+FFFD.
  virtual void encode(TextPiece section, TokenSink& sink) const = 0;
};

/// The tokens of the `model` section, whatever its type. Errors: kIllegalArgument for an unknown type or damaged tokens.
base::Result<Vocabulary> parse_vocabulary(base::JsonValue model);

/// The one for this tokenizer.json. `normalized_tokens` are matched behind the normalizer. `vocabulary` must outlive the result.
/// Errors: kIllegalArgument naming what is unknown.
base::Result<std::unique_ptr<SectionEncoder>> make_section_encoder(base::JsonValue tokenizer_json, const Vocabulary& vocabulary,
                                                                   std::vector<AddedToken> normalized_tokens);

}  // namespace selene::models
