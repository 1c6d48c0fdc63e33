#include "models/tokenizers/bert_section_encoder.h"

#include "models/tokenizers/bert_words.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;

constexpr int64_t kMaxCharsPerWord = 100'000;

bool has_type(JsonValue value, std::string_view type) { return value["type"].is_string() && value["type"].as_string() == type; }

base::Result<bool> flag(JsonValue normalizer, std::string_view name, bool otherwise) {
  const JsonValue value = normalizer[name];
  if (value.is_null()) return otherwise;
  if (!value.is_bool()) return Error(ErrorCode::kIllegalArgument, "[normalizer.{}] must be true or false", name);
  return value.as_bool();
}

base::Result<BertNormalizerOptions> parse_options(JsonValue normalizer) {
  BertNormalizerOptions options;
  if (normalizer.is_null()) return options;
  ASSIGN_OR_RETURN(options.clean_text, flag(normalizer, "clean_text", true));
  ASSIGN_OR_RETURN(options.handle_chinese_chars, flag(normalizer, "handle_chinese_chars", true));
  ASSIGN_OR_RETURN(options.lowercase, flag(normalizer, "lowercase", true));
  // null: accents go where case goes
  ASSIGN_OR_RETURN(options.strip_accents, flag(normalizer, "strip_accents", options.lowercase));
  return options;
}

class BertSectionEncoder final : public SectionEncoder {
 public:
  BertSectionEncoder(BertNormalizerOptions options, WordPiece model, std::vector<AddedToken> normalized_tokens)
      : words_(options, model) {
    if (normalized_tokens.empty()) return;
    for (AddedToken& token : normalized_tokens) {
      NormalizedText content;
      words_.normalize({token.content}, content);
      token.content = content.text;
    }
    tokens_ = AddedTokenMatcher(std::move(normalized_tokens));
    words_of_normalized_ = std::make_unique<BertWords>(BertNormalizerOptions(), model);
  }

  void encode(TextPiece section, TokenSink& sink) const override {
    if (tokens_.empty()) return words_.encode(section, sink);
    NormalizedText normalized{.keeps_origin = sink.keeps_offsets()};
    words_.normalize(section, normalized);
    const TextPiece whole = normalized.piece();
    size_t begin = 0;
    for (const AddedTokenMatcher::Match& match : tokens_.find(whole.text)) {
      if (match.begin > begin) words_of_normalized_->encode(whole.slice(begin, match.begin), sink);
      if (sink.full()) return;
      sink.add(match.id, sink.keeps_offsets() ? whole.range(match.begin, match.end) : ByteRange());
      begin = match.end;
    }
    if (begin < whole.text.size()) words_of_normalized_->encode(whole.slice(begin, whole.text.size()), sink);
  }

 private:
  BertWords words_;
  AddedTokenMatcher tokens_;
  std::unique_ptr<BertWords> words_of_normalized_;  // only if there are such tokens
};

}  // namespace

bool is_bert_section(JsonValue normalizer, JsonValue pre_tokenizer) {
  return (normalizer.is_null() || has_type(normalizer, "BertNormalizer")) && has_type(pre_tokenizer, "BertPreTokenizer");
}

base::Result<std::unique_ptr<SectionEncoder>> make_bert_section_encoder(JsonValue normalizer, WordPiece model,
                                                                        std::vector<AddedToken> normalized_tokens) {
  ASSIGN_OR_RETURN(const BertNormalizerOptions options, parse_options(normalizer));
  return std::unique_ptr<SectionEncoder>(std::make_unique<BertSectionEncoder>(options, model, std::move(normalized_tokens)));
}

base::Result<WordPiece> parse_word_piece(JsonValue model, const Vocabulary& vocabulary) {
  const JsonValue unk = model["unk_token"];
  const JsonValue prefix = model["continuing_subword_prefix"];
  const JsonValue max_chars = model["max_input_chars_per_word"];
  if (!unk.is_string() || vocabulary.id(unk.as_string()) < 0) {
    return Error(ErrorCode::kIllegalArgument, "[model.unk_token] must be a token of the vocabulary");
  }
  if (prefix.exists() && !prefix.is_string())
    return Error(ErrorCode::kIllegalArgument, "[model.continuing_subword_prefix] must be a string");
  if (max_chars.exists() && (!max_chars.is_integer() || max_chars.as_int64() < 1 || max_chars.as_int64() > kMaxCharsPerWord)) {
    return Error(ErrorCode::kIllegalArgument, "[model.max_input_chars_per_word] must be between [1] and [{}]", kMaxCharsPerWord);
  }
  return WordPiece(vocabulary.trie(), prefix.exists() ? prefix.as_string() : std::string_view("##"), vocabulary.id(unk.as_string()),
                   max_chars.exists() ? static_cast<uint32_t>(max_chars.as_int64()) : 100);
}

}  // namespace selene::models
