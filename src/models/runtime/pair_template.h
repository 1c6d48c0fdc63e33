#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "models/tokenizers/tokenizer.h"

namespace selene::models {

/// The prompt a decoder reads a pair in:  prefix  before_query query before_document document  suffix.  What stands between prefix
/// and suffix is one text to the tokenizer and is cut at its end so that the row fits the model.
struct PairTemplate {
  std::string prefix;
  std::string before_query;
  std::string before_document;
  std::string suffix;

  /// The row of a pair, all of token type 0, without special tokens of the tokenizer's own. Errors: kIllegalArgument if max_length
  /// leaves no token between prefix and suffix.
  base::Result<Encoding> encode(const Tokenizer& tokenizer, std::string_view query, std::string_view document,
                                int32_t max_length) const;
};

/// The template Qwen3-Reranker was trained on, with its instruction for web search.  Source: its model card.
PairTemplate qwen3_reranker_template();

}  // namespace selene::models
