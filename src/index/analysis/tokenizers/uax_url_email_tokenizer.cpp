#include "index/analysis/tokenizers/uax_url_email_tokenizer.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <optional>

#include "index/analysis/tokenizers/add_matches.h"
#include "index/analysis/tokenizers/url_email_matcher.h"
#include "index/analysis/utf8.h"
#include "index/analysis/word_matcher.h"

namespace selene::index {
namespace {

Behind behind(std::string_view text, size_t pos) {
  if (pos >= text.size()) return Behind::kEnd;
  const auto c = static_cast<UChar32>(decode_utf8(text, pos));
  const bool marked = (U_GET_GC_MASK(c) & (U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK)) != 0;
  const bool word = marked || u_hasBinaryProperty(c, UCHAR_ALPHABETIC) || u_hasBinaryProperty(c, UCHAR_JOIN_CONTROL);
  return word ? Behind::kWordChar : Behind::kOther;
}

/// The ASCII characters from `begin` on, at most `max_length`.
std::string_view ascii_window(std::string_view text, size_t begin, size_t max_length) {
  const std::string_view window = text.substr(begin, max_length);
  const auto* const end = std::find_if(window.begin(), window.end(), [](char c) { return static_cast<uint8_t>(c) >= 0x80; });
  return window.substr(0, static_cast<size_t>(end - window.begin()));
}

/// The longest token that starts at `begin`. Of equally long ones URL comes before mail address before word. The scheme of a mail
/// address is a word of its own.
std::optional<WordMatch> match_token(std::string_view text, size_t begin, uint32_t max_units) {
  const std::optional<WordMatch> word = match_word(text, begin, max_units);
  const uint32_t limit = std::min(max_units, UaxUrlEmailTokenizer::kMaxAddressLength);
  const std::string_view window = ascii_window(text, begin, limit);
  const size_t url = match_url(window, window.size() == limit ? Behind::kEnd : behind(text, begin + window.size()));
  const size_t email = match_email(window);
  const size_t mailto = match_mailto(window);
  const size_t longest = std::max({url, email, mailto});
  if (longest == 0 || (word && word->utf16_units > longest)) return word;
  const auto ascii_match = [&](size_t length, TokenType type) {
    return WordMatch{begin + length, static_cast<uint32_t>(length), type};
  };
  if (url == longest) return ascii_match(longest, TokenType::kUrl);
  if (email == longest) return ascii_match(longest, TokenType::kEmail);
  return ascii_match(std::string_view("mailto").size(), TokenType::kAlphanum);
}

}  // namespace

void UaxUrlEmailTokenizer::tokenize(std::string_view text, TokenBuffer& tokens) const {
  add_matches(text, tokens, [&](size_t begin) { return match_token(text, begin, max_token_length_); });
}

}  // namespace selene::index
