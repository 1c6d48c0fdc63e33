#include "models/tokenizers/bert_section_encoder.h"

#include <algorithm>

#include "models/tokenizers/bert_normalizer.h"
#include "models/tokenizers/bert_words.h"
#include "models/tokenizers/text_normalizer.h"
#include "models/tokenizers/utf8.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;

bool has_type(JsonValue value, std::string_view type) { return value["type"].is_string() && value["type"].as_string() == type; }

class BertSectionEncoder final : public SectionEncoder {
 public:
  BertSectionEncoder(BertNormalizerOptions options, WordPiece model, std::vector<AddedToken> normalized_tokens)
      : words_(options, model), ascii_(bert_ascii(words_.table())) {
    if (normalized_tokens.empty()) return;
    for (AddedToken& token : normalized_tokens) {
      NormalizedText content;
      bert_normalize(words_.table(), ascii_, {token.content}, content);
      token.content = content.text;
    }
    tokens_ = AddedTokenMatcher(std::move(normalized_tokens));
    words_of_normalized_ = std::make_unique<BertWords>(BertNormalizerOptions(), model);
  }

  void encode(TextPiece section, TokenSink& sink) const override {
    NormalizedText cleaned{.keeps_origin = true};
    NormalizedText decomposed{.keeps_origin = true};
    if (sink.keeps_offsets() && words_.table().options().strip_accents && keeps_marks(section.text)) {
      remove_cleaned(section, cleaned);
      decomposition_->normalize(cleaned.piece(), decomposed);
      section = decomposed.piece();
    }
    if (tokens_.empty()) return words_.encode(section, sink);
    NormalizedText normalized{.keeps_origin = sink.keeps_offsets()};
    const bool is_normal = ascii_.leaves(section.text);
    if (!is_normal) bert_normalize(words_.table(), ascii_, section, normalized);
    const TextPiece whole = is_normal ? section : normalized.piece();
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
  /// Whether a mark stays when accents go. Rare (Hangul tones, musical stems), and it changes places with those that go, so that
  /// its origin is known only when the text is taken apart first.
  bool keeps_marks(std::string_view text) const {
    const CodePointTable& table = words_.table();
    const auto is_mark = [](CharEntry entry) { return entry.kind() == CharKind::kNonstarter; };
    for (size_t pos = 0; pos < text.size();) {
      if (static_cast<uint8_t>(text[pos]) < 0x80) {
        ++pos;
        continue;
      }
      const CharEntry entry = table[decode_utf8(text, pos)];
      if (is_mark(entry)) return true;
      if (entry.kind() != CharKind::kSequence) continue;
      const std::span<const CharEntry> parts = table.sequence(entry.value());
      if (std::any_of(parts.begin(), parts.end(), is_mark)) return true;
    }
    return false;
  }
  void remove_cleaned(TextPiece section, NormalizedText& out) const {
    const bool cleans = words_.table().options().clean_text;
    for (size_t pos = 0; pos < section.text.size();) {
      const size_t begin = pos;
      const char32_t c = decode_utf8(section.text, pos);
      if (cleans && is_cleaned_away(c)) continue;
      std::string bytes;
      append_utf8(bytes, c);
      out.append(bytes, section.range(begin, pos));
    }
  }

  BertWords words_;
  AsciiMap ascii_;
  std::unique_ptr<TextNormalizer> decomposition_ = make_unicode_normalizer("NFD");
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
