#include "index/analysis/component_factories.h"
#include "index/analysis/filters/lowercase_filter.h"
#include "index/analysis/filters/stop_filter.h"
#include "index/analysis/tokenizers/ngram_tokenizer.h"
#include "index/analysis/tokenizers/path_hierarchy_tokenizer.h"
#include "index/analysis/tokenizers/pattern_tokenizer.h"
#include "index/analysis/tokenizers/simple_tokenizers.h"
#include "index/analysis/tokenizers/standard_tokenizer.h"
#include "index/analysis/tokenizers/uax_url_email_tokenizer.h"
#include "index/analysis/utf8.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr int32_t kMaxTokenLengthLimit = 1024 * 1024;

/// lowercase: LetterTokenizer with its terms in lower case.
class LowercaseTokenizer final : public Tokenizer {
 public:
  void tokenize(std::string_view text, TokenBuffer& tokens) const override {
    letters_.tokenize(text, tokens);
    lowercase_.apply(tokens);
  }

 private:
  LetterTokenizer letters_;
  LowercaseFilter lowercase_;
};

/// Of the parts that Lucene keeps a buffer of that size for.
Result<uint32_t> buffered_length(const ComponentSettings& settings, std::string_view key) {
  ASSIGN_OR_RETURN(const int32_t length, settings.integer(key, StandardTokenizer::kMaxTokenLength));
  if (length < 1 || length > kMaxTokenLengthLimit) {
    return Error(ErrorCode::kIllegalArgument, "maxTokenLen must be greater than 0 and less than {} passed: {}",
                 kMaxTokenLengthLimit, length);
  }
  return static_cast<uint32_t>(length);
}

Result<uint32_t> max_token_length(const ComponentSettings& settings) {
  ASSIGN_OR_RETURN(const int32_t length, settings.integer("max_token_length", StandardTokenizer::kMaxTokenLength));
  if (length < 1) return Error(ErrorCode::kIllegalArgument, "maxTokenLength must be greater than zero");
  if (length > kMaxTokenLengthLimit)
    return Error(ErrorCode::kIllegalArgument, "maxTokenLength may not exceed {}", kMaxTokenLengthLimit);
  return static_cast<uint32_t>(length);
}

Result<CharClasses> token_chars(const ComponentSettings& settings) {
  CharClasses classes;
  ASSIGN_OR_RETURN(const auto names, settings.list("token_chars"));
  for (const std::string& given : names) {
    const std::string name = to_lower(given);
    if (name == "letter") {
      classes.letter = true;
    } else if (name == "digit") {
      classes.digit = true;
    } else if (name == "whitespace") {
      classes.whitespace = true;
    } else if (name == "punctuation") {
      classes.punctuation = true;
    } else if (name == "symbol") {
      classes.symbol = true;
    } else if (name == "custom") {
      if (!settings.has("custom_token_chars"))
        return Error(ErrorCode::kIllegalArgument, "Token type: 'custom' requires setting `custom_token_chars`");
      ASSIGN_OR_RETURN(const std::string custom, settings.text("custom_token_chars", ""));
      for (size_t pos = 0; pos < custom.size();) classes.custom += decode_utf8(custom, pos);
    } else {
      return Error(ErrorCode::kIllegalArgument,
                   "Unknown token type: '{}', must be one of [symbol, custom, digit, letter, punctuation, whitespace]", given);
    }
  }
  return classes;
}

Result<TokenizerPtr> make_grams(const ComponentSettings& settings, int32_t default_max, NgramTokenizer::Edges edges) {
  ASSIGN_OR_RETURN(const GramSizes sizes,
                   gram_sizes(settings, default_max, edges == NgramTokenizer::Edges::kAll ? "NGram Tokenizer" : ""));
  ASSIGN_OR_RETURN(CharClasses classes, token_chars(settings));
  return TokenizerPtr(std::make_shared<NgramTokenizer>(sizes.min, sizes.max, std::move(classes), edges));
}

/// One of the forms of tokenize_on_chars: a class, a character, an escape.
base::Status add_cut(const std::string& name, CharGroupTokenizer::Cuts& cuts) {
  if (name == "whitespace") {
    cuts.whitespace = true;
  } else if (name == "letter") {
    cuts.letter = true;
  } else if (name == "digit") {
    cuts.digit = true;
  } else if (name == "punctuation") {
    cuts.punctuation = true;
  } else if (name == "symbol") {
    cuts.symbol = true;
  } else {
    const bool known_escape =
        name.size() < 2 || name[0] != '\\' || std::string_view("ntrfbu\\").find(name[1]) != std::string_view::npos;
    const std::string plain = unescape_rule(name);
    size_t pos = 0;
    const char32_t c = plain.empty() ? 0 : decode_utf8(plain, pos);
    if (plain.empty() || pos != plain.size() || !known_escape)
      return Error(ErrorCode::kIllegalArgument, "Invalid escaped char in [{}]", name);
    cuts.characters += c;
  }
  return {};
}

}  // namespace

Result<GramSizes> gram_sizes(const ComponentSettings& settings, int32_t default_max, std::string_view limited) {
  GramSizes sizes;
  ASSIGN_OR_RETURN(sizes.min, settings.integer("min_gram", 1));
  ASSIGN_OR_RETURN(sizes.max, settings.integer("max_gram", default_max));
  const int64_t difference = int64_t{sizes.max} - sizes.min;
  const int32_t limit = settings.limits().max_ngram_diff;
  if (!limited.empty() && difference > limit) {
    return Error(ErrorCode::kIllegalArgument,
                 "The difference between max_gram and min_gram in {} must be less than or equal to: [{}] but was [{}]. This limit "
                 "can be set by changing "
                 "the [index.max_ngram_diff] index level setting.",
                 limited, limit, difference);
  }
  if (sizes.min < 1) return Error(ErrorCode::kIllegalArgument, "minGram must be greater than zero");
  if (sizes.min > sizes.max) return Error(ErrorCode::kIllegalArgument, "minGram must not be greater than maxGram");
  return sizes;
}

Result<TokenizerPtr> make_standard_tokenizer(const ComponentSettings& settings) {
  ASSIGN_OR_RETURN(const uint32_t length, max_token_length(settings));
  return TokenizerPtr(std::make_shared<StandardTokenizer>(length));
}

Result<TokenizerPtr> make_uax_url_email_tokenizer(const ComponentSettings& settings) {
  ASSIGN_OR_RETURN(const uint32_t length, max_token_length(settings));
  return TokenizerPtr(std::make_shared<UaxUrlEmailTokenizer>(length));
}

Result<TokenizerPtr> make_whitespace_tokenizer(const ComponentSettings& settings) {
  ASSIGN_OR_RETURN(const uint32_t length, buffered_length(settings, "max_token_length"));
  return TokenizerPtr(std::make_shared<WhitespaceTokenizer>(length));
}

Result<TokenizerPtr> make_keyword_tokenizer(const ComponentSettings& settings) {
  RETURN_IF_ERROR(buffered_length(settings, "buffer_size"));
  return TokenizerPtr(std::make_shared<KeywordTokenizer>());
}
Result<TokenizerPtr> make_letter_tokenizer(const ComponentSettings&) { return TokenizerPtr(std::make_shared<LetterTokenizer>()); }
Result<TokenizerPtr> make_lowercase_tokenizer(const ComponentSettings&) {
  return TokenizerPtr(std::make_shared<LowercaseTokenizer>());
}

Result<TokenizerPtr> make_ngram_tokenizer(const ComponentSettings& settings) {
  return make_grams(settings, 2, NgramTokenizer::Edges::kAll);
}
Result<TokenizerPtr> make_edge_ngram_tokenizer(const ComponentSettings& settings) {
  return make_grams(settings, 2, NgramTokenizer::Edges::kFrontOnly);
}

Result<TokenizerPtr> make_char_group_tokenizer(const ComponentSettings& settings) {
  ASSIGN_OR_RETURN(const uint32_t length, buffered_length(settings, "max_token_length"));
  ASSIGN_OR_RETURN(const auto names, settings.list("tokenize_on_chars"));
  CharGroupTokenizer::Cuts cuts;
  for (const std::string& name : names) RETURN_IF_ERROR(add_cut(name, cuts));
  return TokenizerPtr(std::make_shared<CharGroupTokenizer>(std::move(cuts), length));
}

Result<TokenizerPtr> make_path_hierarchy_tokenizer(const ComponentSettings& settings) {
  ASSIGN_OR_RETURN(const std::string delimiter, settings.text("delimiter", "/"));
  ASSIGN_OR_RETURN(const std::string replacement, settings.text("replacement", delimiter));
  ASSIGN_OR_RETURN(const int32_t skip, settings.integer("skip", 0));
  ASSIGN_OR_RETURN(const bool reverse, settings.boolean("reverse", false));
  if (utf16_length(delimiter) != 1) return Error(ErrorCode::kIllegalArgument, "delimiter must be a one char value");
  if (utf16_length(replacement) != 1) return Error(ErrorCode::kIllegalArgument, "replacement must be a one char value");
  if (skip < 0) return Error(ErrorCode::kIllegalArgument, "skip cannot be negative");
  const auto direction = reverse ? PathHierarchyTokenizer::Direction::kReverse : PathHierarchyTokenizer::Direction::kForward;
  return TokenizerPtr(std::make_shared<PathHierarchyTokenizer>(delimiter, replacement, skip, direction));
}

Result<TokenizerPtr> make_pattern_tokenizer(const ComponentSettings& settings) {
  ASSIGN_OR_RETURN(const std::string pattern, settings.text("pattern", "\\W+"));
  ASSIGN_OR_RETURN(const std::string flags, settings.text("flags", ""));
  ASSIGN_OR_RETURN(const int32_t group, settings.integer("group", -1));
  ASSIGN_OR_RETURN(const auto regex, base::Regex::compile(pattern, flags));
  if (group > regex->num_groups()) {
    return Error(ErrorCode::kIllegalArgument, "invalid group specified: pattern only has: {} capturing groups",
                 regex->num_groups());
  }
  return TokenizerPtr(std::make_shared<PatternTokenizer>(regex, group));
}

}  // namespace selene::index
