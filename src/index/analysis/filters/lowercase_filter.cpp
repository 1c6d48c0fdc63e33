#include "index/analysis/filters/lowercase_filter.h"

#include <unicode/uchar.h>

#include "index/analysis/utf8.h"

namespace selene::index {
namespace {

using MapCodePoint = UChar32 (*)(UChar32);

void map_term(TokenBuffer& tokens, TokenBuffer::Token& token, std::string& scratch, MapCodePoint map) {
  const std::string_view term = tokens.term(token);
  if (is_ascii(term)) return;
  scratch.clear();
  for (size_t pos = 0; pos < term.size();) {
    const char32_t c = decode_utf8(term, pos);
    append_utf8(scratch, static_cast<char32_t>(map(static_cast<UChar32>(c))));
  }
  tokens.replace_term(token, scratch);
}

/// Moves the ASCII letters in ['first', 'first' + 25] to the other case in place, then maps terms that are not all ASCII.
void map_case(TokenBuffer& tokens, char first, MapCodePoint map) {
  unsigned char all = 0;
  for (char& c : tokens.mutable_bytes()) {
    all = static_cast<unsigned char>(all | static_cast<unsigned char>(c));
    const auto distance = static_cast<unsigned char>(c - first);
    c = static_cast<char>(c ^ (distance < 26 ? 0x20 : 0));
  }
  if (all < 0x80) return;
  thread_local std::string scratch;
  for (TokenBuffer::Token& token : tokens.mutable_tokens()) map_term(tokens, token, scratch, map);
}

}  // namespace

void LowercaseFilter::apply(TokenBuffer& tokens) const { map_case(tokens, 'A', &u_tolower); }
void UppercaseFilter::apply(TokenBuffer& tokens) const { map_case(tokens, 'a', &u_toupper); }

}  // namespace selene::index
