#include "models/tokenizers/bert_normalizer.h"

#include <algorithm>

#include "models/tokenizers/code_point_walk.h"
#include "models/tokenizers/utf8.h"

namespace selene::models {
namespace {

constexpr size_t kMaxUtf8Size = 4;

base::Result<bool> flag(base::JsonValue normalizer, std::string_view name, bool otherwise) {
  const base::JsonValue value = normalizer[name];
  if (value.is_null()) return otherwise;
  if (!value.is_bool()) return base::Error(base::ErrorCode::kIllegalArgument, "[normalizer.{}] must be true or false", name);
  return value.as_bool();
}

/// Writes what the table says instead of cutting it into words.
class NormalizedWriter {
 public:
  explicit NormalizedWriter(NormalizedText& out) : out_(out) {}

  void letter(char32_t c, ByteRange from) {
    finish();
    write(c, from);
  }
  void space(char32_t c, ByteRange from) { letter(c, from); }
  void punctuation(char32_t c, ByteRange from) { letter(c, from); }
  void isolated(char32_t c, ByteRange from) {
    letter(' ', from);
    letter(c, from);
    letter(' ', from);
  }
  void barrier() { finish(); }
  void nonstarter(char32_t c, ByteRange from) { run_.push_back({combining_class(c), c, from}); }
  /// Writes the nonstarters that wait for their order.
  void finish() {
    if (run_.empty()) return;
    std::stable_sort(run_.begin(), run_.end(), [](const Mark& a, const Mark& b) { return a.combining_class < b.combining_class; });
    for (const Mark& mark : run_) write(mark.c, mark.from);
    run_.clear();
  }

 private:
  struct Mark {
    uint8_t combining_class;
    char32_t c;
    ByteRange from;
  };
  void write(char32_t c, ByteRange from) {
    char encoded[kMaxUtf8Size];
    out_.append({encoded, static_cast<size_t>(write_utf8(encoded, c) - encoded)}, from);
  }

  NormalizedText& out_;
  std::vector<Mark> run_;
};

}  // namespace

base::Result<BertNormalizerOptions> parse_bert_normalizer(base::JsonValue normalizer) {
  BertNormalizerOptions options;
  ASSIGN_OR_RETURN(options.clean_text, flag(normalizer, "clean_text", true));
  ASSIGN_OR_RETURN(options.handle_chinese_chars, flag(normalizer, "handle_chinese_chars", true));
  ASSIGN_OR_RETURN(options.lowercase, flag(normalizer, "lowercase", true));
  // null: accents go where case goes
  ASSIGN_OR_RETURN(options.strip_accents, flag(normalizer, "strip_accents", options.lowercase));
  return options;
}

AsciiMap bert_ascii(const CodePointTable& table) {
  AsciiMap ascii;
  for (uint8_t c = 1; c < 0x80; ++c) {
    const CharEntry entry = table[c];
    const CharKind kind = entry.kind();
    const char32_t became = entry.code_point(c);
    const bool is_one = kind == CharKind::kLetter || kind == CharKind::kSpace || kind == CharKind::kPunctuation;
    if (is_one && became < 0x80) ascii.set(c, static_cast<uint8_t>(became));
  }
  return ascii;
}

void bert_normalize(const CodePointTable& table, const AsciiMap& ascii, TextPiece piece, NormalizedText& out) {
  NormalizedWriter writer(out);
  for (size_t pos = ascii.append_run(piece, 0, out); pos < piece.text.size();) {
    const size_t begin = pos;
    const char32_t c = decode_utf8(piece.text, pos);
    emit(table, table[c], c, piece.range(begin, pos), writer);
    if (pos == piece.text.size() || !ascii.knows(piece.text[pos])) continue;
    writer.finish();
    pos = ascii.append_run(piece, pos, out);
  }
  writer.finish();
}

}  // namespace selene::models
