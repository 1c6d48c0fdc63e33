#pragma once

#include <memory>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "models/tokenizers/text_piece.h"

namespace selene::models {

/// One step of tokenizer.json's `normalizer`. Immutable, thread-safe.
class TextNormalizer {
 public:
  virtual ~TextNormalizer() = default;
  /// Appends the normalized text to `out`. `piece` is well-formed UTF-8.
  virtual void normalize(TextPiece piece, NormalizedText& out) const = 0;
  /// Whether the text comes out as it is, so that no copy is needed; may say false where it would.
  virtual bool leaves(std::string_view) const { return false; }
};
using TextNormalizers = std::vector<std::unique_ptr<TextNormalizer>>;

/// The steps of a `normalizer` section in order; none for null. Supported: BertNormalizer, NFC, NFD, NFKC, NFKD, Precompiled,
/// Lowercase, StripAccents, Strip, Replace, Prepend, Nmt, Sequence. Errors: kIllegalArgument naming what is unknown.
base::Result<TextNormalizers> parse_normalizers(base::JsonValue normalizer);

/// NFC, NFD, NFKC or NFKD; null for another name.
std::unique_ptr<TextNormalizer> make_unicode_normalizer(std::string_view form);
/// SentencePiece's character map, from its base64 form. Errors: kIllegalArgument.
base::Result<std::unique_ptr<TextNormalizer>> make_precompiled_normalizer(std::string_view charsmap_base64);

}  // namespace selene::models
