#include "index/analysis/filters/romanian_stem_filter.h"

#include <array>

namespace selene::index {
namespace {

/// One letter in two spellings, each of two bytes.
struct RomanianLetter {
  std::string_view comma;
  std::string_view cedilla;
};
constexpr std::array<RomanianLetter, 2> kRomanianLetters = {{{"ș", "ş"}, {"ț", "ţ"}}};

/// Writes the letters of all terms that are no keywords with `to` where they have `from`.
void respell(TokenBuffer& tokens, std::string_view RomanianLetter::*from, std::string_view RomanianLetter::*to) {
  for (const TokenBuffer::Token& token : tokens.tokens()) {
    if (token.keyword) continue;
    for (const RomanianLetter& letter : kRomanianLetters) {
      const std::string_view term = tokens.term(token);
      for (size_t at = term.find(letter.*from); at != term.npos; at = term.find(letter.*from, at + 2)) {
        (letter.*to).copy(tokens.mutable_term(token) + at, 2);
      }
    }
  }
}

}  // namespace

void RomanianStemFilter::apply(TokenBuffer& tokens) const {
  respell(tokens, &RomanianLetter::comma, &RomanianLetter::cedilla);
  snowball_.apply(tokens);
  respell(tokens, &RomanianLetter::cedilla, &RomanianLetter::comma);
}

}  // namespace selene::index
