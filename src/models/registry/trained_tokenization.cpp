#include "models/registry/trained_tokenization.h"

#include <algorithm>
#include <array>

#include "models/registry/trained_json.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;

constexpr std::array<std::string_view, 4> kTruncations = {"first", "second", "none", "balanced"};

base::Status set_truncation(std::string_view name, TokenizationConfig& config) {
  const auto* found = std::find(kTruncations.begin(), kTruncations.end(), name);
  if (found == kTruncations.end()) {
    return Error(ErrorCode::kIllegalArgument, "No enum constant for [truncate] [{}]; allowed are [first, second, none, balanced]",
                 name);
  }
  config.reading.truncate = static_cast<TokenTruncation>(found - kTruncations.begin());
  return {};
}

base::Status check_span(const TokenizationConfig& config) {
  if (config.reading.span < -1)
    return Error(ErrorCode::kIllegalArgument, "[span] must be greater than or equal to 0; provided [{}]", config.reading.span);
  if (config.reading.span >= 0 && config.reading.truncate != TokenTruncation::kNone) {
    return Error(ErrorCode::kIllegalArgument, "[span] must not be provided when [truncate] is [{}]",
                 kTruncations[static_cast<size_t>(config.reading.truncate)]);
  }
  if (config.reading.span >= config.max_sequence_length) {
    return Error(ErrorCode::kIllegalArgument, "[span] [{}] must be less than [max_sequence_length] [{}]", config.reading.span,
                 config.max_sequence_length);
  }
  return {};
}

}  // namespace

base::Result<base::JsonMember> only_member(JsonValue object, std::string_view name) {
  if (!object.is_object() || object.as_object().size() != 1) {
    return Error(ErrorCode::kXContentParse, "[{}] must be an object with exactly one key", name);
  }
  return *object.as_object().begin();
}

base::Status parse_tokenization(JsonValue object, TokenizationConfig& config) {
  ASSIGN_OR_RETURN(const base::JsonMember kind, only_member(object, "tokenization"));
  if (kind.key == "bert_ja") {
    return Error(ErrorCode::kIllegalArgument,
                 "tokenization [bert_ja] needs a Japanese morphological analyser, which this server does not have; supported are "
                 "[bert, mpnet, roberta, "
                 "xlm_roberta, deberta_v2]");
  }
  const auto found = find_tokenization(kind.key);
  if (!found) {
    return Error(ErrorCode::kXContentParse,
                 "[tokenization] unknown type [{}]; supported are [bert, mpnet, roberta, xlm_roberta, deberta_v2]", kind.key);
  }
  config.tokenizer.kind = *found;
  FieldReader fields(kind.value, kind.key);
  config.tokenizer.do_lower_case = fields.flag("do_lower_case").value_or(false);
  config.tokenizer.with_special_tokens = fields.flag("with_special_tokens").value_or(true);
  if (*found == TokenizationKind::kRoberta) config.tokenizer.add_prefix_space = fields.flag("add_prefix_space").value_or(false);
  const int64_t length = fields.integer("max_sequence_length").value_or(512);
  const auto truncate = fields.text("truncate");
  config.reading.span = static_cast<int32_t>(std::clamp<int64_t>(fields.integer("span").value_or(-1), -2, INT32_MAX));
  RETURN_IF_ERROR(fields.finish());
  if (length < 1 || length > INT32_MAX)
    return Error(ErrorCode::kIllegalArgument, "[max_sequence_length] must be a positive integer; provided [{}]", length);
  config.max_sequence_length = static_cast<int32_t>(length);
  if (truncate) RETURN_IF_ERROR(set_truncation(*truncate, config));
  if (config.tokenizer.do_lower_case && *found == TokenizationKind::kXlmRoberta) {
    return Error(ErrorCode::kIllegalArgument, "unable to set [do_lower_case] to [true] for XLMRoBERTa tokenizer");
  }
  return check_span(config);
}

void write_tokenization(base::JsonWriter& out, const TokenizationConfig& config) {
  const VocabularyTokenizerOptions& tokenizer = config.tokenizer;
  out.key("tokenization").begin_object().key(tokenization_name(tokenizer.kind)).begin_object();
  out.field("do_lower_case", tokenizer.do_lower_case).field("with_special_tokens", tokenizer.with_special_tokens);
  out.field("max_sequence_length", config.max_sequence_length)
      .field("truncate", kTruncations[static_cast<size_t>(config.reading.truncate)]);
  out.field("span", config.reading.span);
  if (tokenizer.kind == TokenizationKind::kRoberta) out.field("add_prefix_space", tokenizer.add_prefix_space);
  out.end_object().end_object();
}

base::Status parse_span_scores(std::string_view name, SpanScores& function) {
  if (name != "max" && name != "mean") {
    return Error(ErrorCode::kIllegalArgument, "[span_score_combination_function] must be [max] or [mean]; provided [{}]", name);
  }
  function = name == "max" ? SpanScores::kMax : SpanScores::kMean;
  return {};
}

base::Status update_tokenization(JsonValue update, TokenizationConfig& config) {
  ASSIGN_OR_RETURN(const base::JsonMember kind, only_member(update, "tokenization"));
  if (find_tokenization(kind.key) != config.tokenizer.kind) {
    return Error(ErrorCode::kStatusBadRequest, "Unable to update tokenization with provided type [{}]; the model's is [{}]",
                 kind.key, tokenization_name(config.tokenizer.kind));
  }
  FieldReader fields(kind.value, kind.key);
  const auto truncate = fields.text("truncate");
  const auto span = fields.integer("span");
  RETURN_IF_ERROR(fields.finish());
  if (truncate) {
    RETURN_IF_ERROR(set_truncation(*truncate, config));
    if (!span && config.reading.truncate != TokenTruncation::kNone) config.reading.span = -1;
  }
  if (span) config.reading.span = static_cast<int32_t>(std::clamp<int64_t>(*span, -2, INT32_MAX));
  return check_span(config);
}

}  // namespace selene::models
