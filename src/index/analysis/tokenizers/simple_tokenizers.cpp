#include "index/analysis/tokenizers/simple_tokenizers.h"

#include <unicode/uchar.h>

#include "index/analysis/utf8.h"

namespace selene::index {

void CharRunTokenizer::tokenize(std::string_view text, TokenBuffer& tokens) const {
  tokens.clear();
  uint32_t position = 0;
  uint32_t offset = 0;
  size_t begin = 0;
  uint32_t begin_offset = 0;
  const auto flush = [&](size_t end) {
    if (offset > begin_offset) tokens.add(text.substr(begin, end - begin), position++, begin_offset, offset, TokenType::kWord);
  };
  for (size_t pos = 0; pos < text.size();) {
    const size_t at = pos;
    const char32_t c = decode_utf8(text, pos);
    if (!is_token_char(c)) {
      flush(at);
      offset += utf16_units(c);
      begin = pos;
      begin_offset = offset;
      continue;
    }
    offset += utf16_units(c);
    // A pair of surrogates may go one beyond the limit, as in Lucene's CharTokenizer.
    if (offset - begin_offset >= max_token_length_) {
      flush(pos);
      begin = pos;
      begin_offset = offset;
    }
  }
  flush(text.size());
  tokens.set_num_positions(position);
}

bool is_java_whitespace(char32_t c) {
  if (c < 0x80) return c == ' ' || (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x1F);
  return u_isWhitespace(static_cast<UChar32>(c));
}

bool WhitespaceTokenizer::is_token_char(char32_t c) const { return !is_java_whitespace(c); }

bool LetterTokenizer::is_token_char(char32_t c) const {
  if (c < 0x80) return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
  return u_isalpha(static_cast<UChar32>(c));
}

bool CharGroupTokenizer::is_token_char(char32_t c) const {
  const auto character = static_cast<UChar32>(c);
  if (cuts_.characters.find(c) != std::u32string::npos) return false;
  if (cuts_.whitespace && is_java_whitespace(c)) return false;
  if (cuts_.letter && u_isalpha(character)) return false;
  if (cuts_.digit && u_isdigit(character)) return false;
  const uint32_t category = U_GET_GC_MASK(character);
  if (cuts_.punctuation && (category & U_GC_P_MASK) != 0) return false;
  return !(cuts_.symbol && (category & U_GC_S_MASK) != 0);
}

void KeywordTokenizer::tokenize(std::string_view text, TokenBuffer& tokens) const {
  tokens.clear();
  tokens.add(text, 0, 0, utf16_length(text), TokenType::kWord);
  tokens.set_num_positions(1);
}

}  // namespace selene::index
