#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "models/tokenizers/text_piece.h"

namespace selene::models {

/// What a piece is the work of: the bytes of the pieces, or what SentencePiece-like and GPT-like models see in their place.
enum class TextUnits : uint8_t {
  kCharacters,
  kBytes,  ///< each byte stands for itself; ByteLevel's stand-in letters exist in the file's tokens only
};

/// One step of tokenizer.json's `pre_tokenizer`. Immutable, thread-safe.
class PreTokenizer {
 public:
  virtual ~PreTokenizer() = default;
  /// Appends the pieces of each piece to `out`, in order. Texts that change are written to `changed`, which is empty before and
  /// must outlive the pieces; it then has room for kTextPadding bytes more.  REQUIRES: kTextPadding bytes can be read behind each.
  virtual void split(const std::vector<TextPiece>& pieces, NormalizedText& changed, std::vector<TextPiece>& out) const = 0;
};

struct PreTokenizers {
  std::vector<std::unique_ptr<PreTokenizer>> steps;
  TextUnits units = TextUnits::kCharacters;
  bool needs_origin = false;  ///< a step asks where the input begins
};

/// Cuts before each `start` that is not behind another one.
std::unique_ptr<PreTokenizer> make_word_start_splitter(std::string start);

/// The steps of a `pre_tokenizer` section; none for null. Supported: BertPreTokenizer, ByteLevel, Digits, Metaspace, Punctuation
/// (isolated), Sequence, Split (known patterns, isolated), Whitespace, WhitespaceSplit. Errors: kIllegalArgument naming what is
/// unknown.
base::Result<PreTokenizers> parse_pre_tokenizers(base::JsonValue pre_tokenizer);

}  // namespace selene::models
