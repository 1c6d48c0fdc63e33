#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "index/analysis/analyzer.h"

namespace selene::index {

struct WordMatch {
  size_t end = 0;            ///< bytes
  uint32_t utf16_units = 0;  ///< length of the match
  TokenType type = TokenType::kAlphanum;
};

/// The longest token that starts exactly at `begin` and is at most `max_units` UTF-16 units long, by the rules of UAX#29 with
/// Lucene's token types; none if no token starts there. Rules of equal length: emoji before number before Hangul before Katakana
/// before word before South-East Asian before ideograph before Hiragana.
/// Source: Unicode Standard Annex #29 and Technical Standard #51; Lucene's StandardTokenizer for which of their rules apply.
std::optional<WordMatch> match_word(std::string_view text, size_t begin, uint32_t max_units);

}  // namespace selene::index
