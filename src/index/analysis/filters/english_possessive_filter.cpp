#include "index/analysis/filters/english_possessive_filter.h"

namespace selene::index {

void EnglishPossessiveFilter::apply(TokenBuffer& tokens) const {
  for (TokenBuffer::Token& token : tokens.mutable_tokens()) {
    const std::string_view term = tokens.term(token);
    if (term.size() < 2 || (term.back() != 's' && term.back() != 'S')) continue;
    const std::string_view stem = term.substr(0, term.size() - 1);
    if (stem.back() == '\'') {
      token.term_length -= 2;
    } else if (stem.ends_with("\u2019") || stem.ends_with("\uFF07")) {
      token.term_length -= 4;
    }
  }
}

}  // namespace selene::index
