#include "models/tokenizers/text_normalizer.h"

#include <algorithm>
#include <functional>

#include "models/tokenizers/ascii_map.h"
#include "models/tokenizers/bert_normalizer.h"
#include "models/tokenizers/char_classes.h"
#include "models/tokenizers/utf8.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;

constexpr int kMaxNesting = 8;

class BertNormalizer final : public TextNormalizer {
 public:
  explicit BertNormalizer(BertNormalizerOptions options) : table_(options), ascii_(bert_ascii(table_)) {}
  void normalize(TextPiece piece, NormalizedText& out) const override { bert_normalize(table_, ascii_, piece, out); }

 private:
  CodePointTable table_;
  AsciiMap ascii_;
};

/// Steps that look at one character at a time.
class CharNormalizer final : public TextNormalizer {
 public:
  /// What the character becomes: `append` the bytes, or nothing.
  using Rule = void (*)(char32_t c, std::string& bytes);
  explicit CharNormalizer(Rule rule) : rule_(rule) {
    for (uint8_t c = 0; c < 0x80; ++c) {
      std::string bytes;
      rule_(c, bytes);
      if (bytes.size() == 1 && is_ascii(bytes)) ascii_.set(c, static_cast<uint8_t>(bytes.front()));
    }
  }
  void normalize(TextPiece piece, NormalizedText& out) const override {
    std::string bytes;
    for (size_t pos = ascii_.append_run(piece, 0, out); pos < piece.text.size(); pos = ascii_.append_run(piece, pos, out)) {
      const size_t begin = pos;
      bytes.clear();
      rule_(decode_utf8(piece.text, pos), bytes);
      out.append(bytes, piece.range(begin, pos));
    }
  }

 private:
  Rule rule_;
  AsciiMap ascii_;
};

void lowercase(char32_t c, std::string& bytes) {
  if (c < 0x80) {
    bytes += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    return;
  }
  static const CodePointTable table({.lowercase = true});
  const CharEntry entry = table[c];
  if (entry.kind() != CharKind::kSequence) return append_utf8(bytes, entry.code_point(c));
  for (const CharEntry part : table.sequence(entry.value())) append_utf8(bytes, part.value());
}

void strip_accents(char32_t c, std::string& bytes) {
  if ((char_classes(c) & kMarkClass) == 0) append_utf8(bytes, c);
}

/// SentencePiece's nmt rule: control characters go, unusual blanks become spaces.
void nmt(char32_t c, std::string& bytes) {
  const bool is_removed = (c >= 0x1 && c <= 0x8) || c == 0xB || (c >= 0xE && c <= 0x1F) || c == 0x7F || c == 0x8F || c == 0x9F;
  const bool is_blank = c == 0x9 || c == 0xA || c == 0xC || c == 0xD || c == 0x1680 || (c >= 0x200B && c <= 0x200F) ||
                        c == 0x2028 || c == 0x2029 || c == 0x2581 || c == 0xFEFF || c == 0xFFFD;
  if (!is_removed) append_utf8(bytes, is_blank ? ' ' : c);
}

class StripNormalizer final : public TextNormalizer {
 public:
  StripNormalizer(bool left, bool right) : left_(left), right_(right) {}
  bool leaves(std::string_view text) const override { return kept(text).size() == text.size(); }
  void normalize(TextPiece piece, NormalizedText& out) const override {
    const std::string_view text = kept(piece.text);
    if (text.empty()) return;
    const auto begin = static_cast<size_t>(text.data() - piece.text.data());
    out.append_part(piece, begin, begin + text.size());
  }

 private:
  std::string_view kept(std::string_view text) const {
    size_t begin = 0;
    while (left_ && begin < text.size()) {
      size_t next = begin;
      if (!is_whitespace(decode_utf8(text, next))) break;
      begin = next;
    }
    size_t end = text.size();
    while (right_ && end > begin) {
      size_t last = end - 1;
      while (last > begin && (static_cast<uint8_t>(text[last]) & 0xC0) == 0x80) --last;
      size_t next = last;
      if (!is_whitespace(decode_utf8(text, next))) break;
      end = last;
    }
    return text.substr(begin, end - begin);
  }

  bool left_;
  bool right_;
};

/// Every occurrence of a string, or every run of at least `min_run` of it, by another.
class ReplaceNormalizer final : public TextNormalizer {
 public:
  ReplaceNormalizer(std::string pattern, size_t min_run, std::string content)
      : pattern_(std::move(pattern)), min_run_(min_run), content_(std::move(content)) {
    for (size_t i = 0; i < min_run_; ++i) shortest_ += pattern_;
  }
  bool leaves(std::string_view text) const override { return text.find(shortest_) == std::string_view::npos; }
  void normalize(TextPiece piece, NormalizedText& out) const override {
    const std::string_view text = piece.text;
    for (size_t pos = 0; pos < text.size();) {
      const size_t next = std::min(text.find(shortest_, pos), text.size());
      out.append_part(piece, pos, next);
      pos = next;
      size_t end = pos;
      size_t run = 0;
      while (text.substr(end).starts_with(pattern_) && (run == 0 || min_run_ > 1)) {
        end += pattern_.size();
        ++run;
      }
      if (run == 0) return;
      // All of it lies at the last character, as the library has it.
      out.append(content_, piece.range(end - 1, end));
      pos = end;
    }
  }

 private:
  std::string pattern_;
  size_t min_run_;
  std::string content_;
  std::string shortest_;  // run that is replaced
};

class PrependNormalizer final : public TextNormalizer {
 public:
  explicit PrependNormalizer(std::string prefix) : prefix_(std::move(prefix)) {}
  void normalize(TextPiece piece, NormalizedText& out) const override {
    if (piece.text.empty()) return;
    out.append(prefix_, piece.range(0, 1));
    out.append_part(piece, 0, piece.text.size());
  }

 private:
  std::string prefix_;
};

base::Result<std::unique_ptr<TextNormalizer>> make_replace(JsonValue section) {
  const JsonValue content = section["content"];
  const JsonValue text = section["pattern"]["String"];
  const JsonValue regex = section["pattern"]["Regex"];
  if (!content.is_string() || (!text.is_string() && !regex.is_string())) {
    return Error(ErrorCode::kIllegalArgument, "[normalizer.Replace] needs [pattern] and [content]");
  }
  if (text.is_string() && !text.as_string().empty()) {
    return std::unique_ptr<TextNormalizer>(
        std::make_unique<ReplaceNormalizer>(std::string(text.as_string()), 1, std::string(content.as_string())));
  }
  if (regex.is_string() && regex.as_string() == " {2,}") {
    return std::unique_ptr<TextNormalizer>(std::make_unique<ReplaceNormalizer>(" ", 2, std::string(content.as_string())));
  }
  return Error(ErrorCode::kIllegalArgument,
               "unsupported pattern [{}] of normalizer [Replace]; supported are strings and the regex [ {{2,}}]",
               regex.is_string() ? regex.as_string() : "");
}

bool switch_of(JsonValue section, std::string_view name, bool otherwise) {
  return section[name].is_bool() ? section[name].as_bool() : otherwise;
}

base::Result<std::unique_ptr<TextNormalizer>> make_normalizer(JsonValue section) {
  const std::string_view type = section["type"].is_string() ? section["type"].as_string() : std::string_view();
  if (auto form = make_unicode_normalizer(type)) return form;
  if (type == "Lowercase") return std::unique_ptr<TextNormalizer>(std::make_unique<CharNormalizer>(&lowercase));
  if (type == "StripAccents") return std::unique_ptr<TextNormalizer>(std::make_unique<CharNormalizer>(&strip_accents));
  if (type == "Nmt") return std::unique_ptr<TextNormalizer>(std::make_unique<CharNormalizer>(&nmt));
  if (type == "Replace") return make_replace(section);
  if (type == "Strip") {
    return std::unique_ptr<TextNormalizer>(
        std::make_unique<StripNormalizer>(switch_of(section, "strip_left", true), switch_of(section, "strip_right", true)));
  }
  if (type == "Prepend" && section["prepend"].is_string()) {
    return std::unique_ptr<TextNormalizer>(std::make_unique<PrependNormalizer>(std::string(section["prepend"].as_string())));
  }
  if (type == "Precompiled" && section["precompiled_charsmap"].is_string()) {
    return make_precompiled_normalizer(section["precompiled_charsmap"].as_string());
  }
  if (type == "BertNormalizer") {
    ASSIGN_OR_RETURN(const BertNormalizerOptions options, parse_bert_normalizer(section));
    return std::unique_ptr<TextNormalizer>(std::make_unique<BertNormalizer>(options));
  }
  return Error(
      ErrorCode::kIllegalArgument,
      "unknown normalizer [{}]; supported are [BertNormalizer, Lowercase, NFC, NFD, NFKC, NFKD, Nmt, Precompiled, Prepend, "
      "Replace, Sequence, Strip, StripAccents]",
      type);
}

base::Status append_normalizers(JsonValue section, int depth, TextNormalizers& out) {
  const JsonValue steps = section["normalizers"];
  if (section["type"].is_string() && section["type"].as_string() == "Sequence" && steps.is_array() && depth < kMaxNesting) {
    for (const JsonValue step : steps.as_array()) RETURN_IF_ERROR(append_normalizers(step, depth + 1, out));
    return {};
  }
  // An empty map is written as null and changes nothing.
  if (section["type"].is_string() && section["type"].as_string() == "Precompiled" && section["precompiled_charsmap"].is_null())
    return {};
  ASSIGN_OR_RETURN(out.emplace_back(), make_normalizer(section));
  return {};
}

}  // namespace

base::Result<TextNormalizers> parse_normalizers(JsonValue normalizer) {
  TextNormalizers steps;
  if (!normalizer.is_null()) RETURN_IF_ERROR(append_normalizers(normalizer, 0, steps));
  return steps;
}

}  // namespace selene::models
