#include "models/tokenizers/bert_section_encoder.h"

#include "models/tokenizers/bert_normalizer.h"
#include "models/tokenizers/bert_words.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;

bool has_type(JsonValue value, std::string_view type) { return value["type"].is_string() && value["type"].as_string() == type; }

class BertSectionEncoder final : public SectionEncoder {
 public:
  BertSectionEncoder(BertNormalizerOptions options, WordPiece model, std::vector<AddedToken> normalized_tokens)
      : words_(options, model) {
    if (normalized_tokens.empty()) return;
    for (AddedToken& token : normalized_tokens) {
      NormalizedText content;
      bert_normalize(words_.table(), {token.content}, content);
      token.content = content.text;
    }
    tokens_ = AddedTokenMatcher(std::move(normalized_tokens));
    words_of_normalized_ = std::make_unique<BertWords>(BertNormalizerOptions(), model);
  }

  void encode(TextPiece section, TokenSink& sink) const override {
    if (tokens_.empty()) return words_.encode(section, sink);
    NormalizedText normalized{.keeps_origin = sink.keeps_offsets()};
    bert_normalize(words_.table(), section, normalized);
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
  BertNormalizerOptions options;
  if (!normalizer.is_null()) {
    ASSIGN_OR_RETURN(options, parse_bert_normalizer(normalizer));
  }
  return std::unique_ptr<SectionEncoder>(std::make_unique<BertSectionEncoder>(options, model, std::move(normalized_tokens)));
}

}  // namespace selene::models
