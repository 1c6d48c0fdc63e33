#pragma once

#include <cstdint>
#include <string_view>

#include "base/json/json_document.h"
#include "base/json/json_writer.h"
#include "base/result.h"
#include "models/runtime/pair_windows.h"
#include "models/tokenizers/vocabulary_tokenizer.h"

namespace selene::models {

/// The `tokenization` object of an inference config.
struct TokenizationConfig {
  VocabularyTokenizerOptions tokenizer;
  int32_t max_sequence_length = 512;
  PairReading reading;
};

/// {"bert": {...}}: exactly one kind with its options. Errors: kXContentParse, kIllegalArgument with Elasticsearch's words.
base::Status parse_tokenization(base::JsonValue object, TokenizationConfig& config);
/// `truncate` and `span` of an `_infer` call over those of the config. Errors: kIllegalArgument, kXContentParse.
base::Status update_tokenization(base::JsonValue update, TokenizationConfig& config);
/// "tokenization": {...} into an open object, with every option.
void write_tokenization(base::JsonWriter& out, const TokenizationConfig& config);

/// "max" or "mean". Errors: kIllegalArgument.
base::Status parse_span_scores(std::string_view name, SpanScores& function);

/// The one member of an object that must have exactly one. Errors: kXContentParse.
base::Result<base::JsonMember> only_member(base::JsonValue object, std::string_view name);

}  // namespace selene::models
