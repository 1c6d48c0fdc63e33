#include "index/analysis/analyzer.h"

#include <cstring>

namespace selene::index {

std::string_view token_type_name(TokenType type) {
  switch (type) {
    case TokenType::kAlphanum: return "<ALPHANUM>";
    case TokenType::kNum: return "<NUM>";
    case TokenType::kIdeographic: return "<IDEOGRAPHIC>";
    case TokenType::kHiragana: return "<HIRAGANA>";
    case TokenType::kKatakana: return "<KATAKANA>";
    case TokenType::kHangul: return "<HANGUL>";
    case TokenType::kSoutheastAsian: return "<SOUTHEAST_ASIAN>";
    case TokenType::kEmoji: return "<EMOJI>";
    case TokenType::kWord: return "word";
    case TokenType::kShingle: return "shingle";
    case TokenType::kSynonym: return "SYNONYM";
    case TokenType::kUrl: return "<URL>";
    case TokenType::kEmail: return "<EMAIL>";
    case TokenType::kSingle: return "<SINGLE>";
    case TokenType::kDouble: return "<DOUBLE>";
  }
  return "word";
}

void TokenBuffer::replace_term(Token& token, std::string_view term) {
  if (term.size() <= token.term_length) {
    std::memmove(bytes_.data() + token.term_begin, term.data(), term.size());
  } else {
    token.term_begin = static_cast<uint32_t>(bytes_.size());
    bytes_.append(term);
  }
  token.term_length = static_cast<uint32_t>(term.size());
}

}  // namespace selene::index
