#include "index/analysis/tokenizers/standard_tokenizer.h"

#include <array>

#include "index/analysis/tokenizers/add_matches.h"
#include "index/analysis/utf8.h"
#include "index/analysis/word_matcher.h"

namespace selene::index {
namespace {

/// What an ASCII byte is to the rules; kNone ends a word, kForeign hands over to the rule engine.
enum Ascii : uint8_t { kNone, kLetter, kDigit, kUnderscore, kMidLetter, kMidNumber, kMidBoth, kForeign };

constexpr std::array<uint8_t, 256> make_ascii_table() {
  std::array<uint8_t, 256> table{};
  for (size_t c = 'a'; c <= 'z'; ++c) table[c] = kLetter;
  for (size_t c = 'A'; c <= 'Z'; ++c) table[c] = kLetter;
  for (size_t c = '0'; c <= '9'; ++c) table[c] = kDigit;
  for (size_t c = 0x80; c < 256; ++c) table[c] = kForeign;
  table['_'] = kUnderscore;
  table[':'] = kMidLetter;
  table[','] = kMidNumber;
  table[';'] = kMidNumber;
  table['.'] = kMidBoth;
  table['\''] = kMidBoth;
  return table;
}
constexpr std::array<uint8_t, 256> kAscii = make_ascii_table();

uint8_t ascii_class(std::string_view text, size_t i) {
  return i < text.size() ? kAscii[static_cast<uint8_t>(text[i])] : static_cast<uint8_t>(kNone);
}
bool is_word_byte(uint8_t c) { return c == kLetter || c == kDigit || c == kUnderscore; }

struct AsciiMatch {
  size_t end;  ///< equal to the begin: no token starts here
  TokenType type;
  bool foreign;  ///< a byte above 0x7F decides: ask the rule engine
};

/// The token that starts at `begin`, as long as only ASCII matters.
AsciiMatch match_ascii(std::string_view text, size_t begin) {
  size_t i = begin;
  bool letters = false;
  size_t end = begin;
  for (;;) {
    uint8_t last = kNone;
    bool core = end > begin;
    for (uint8_t c; is_word_byte(c = ascii_class(text, i)); ++i) {
      letters |= c == kLetter;
      core |= c != kUnderscore;
      last = c;
    }
    const uint8_t mid = ascii_class(text, i);
    if (mid == kForeign) return {begin, TokenType::kAlphanum, true};
    if (!core) return {begin, TokenType::kAlphanum, false};
    end = i;
    const bool may_join =
        (last == kLetter && (mid == kMidLetter || mid == kMidBoth)) || (last == kDigit && (mid == kMidNumber || mid == kMidBoth));
    if (!may_join) break;
    const uint8_t behind = ascii_class(text, i + 1);
    if (behind == kForeign) return {begin, TokenType::kAlphanum, true};
    if (behind != last) break;
    ++i;
  }
  return {end, letters ? TokenType::kAlphanum : TokenType::kNum, false};
}

}  // namespace

void StandardTokenizer::tokenize(std::string_view text, TokenBuffer& tokens) const {
  tokens.clear();
  uint32_t position = 0;
  size_t i = 0;
  size_t surplus = 0;  // bytes less UTF-16 units so far
  while (i < text.size()) {
    const uint8_t first = kAscii[static_cast<uint8_t>(text[i])];
    if (first == kNone || (first >= kMidLetter && first <= kMidBoth)) {
      const bool keycap = (text[i] == '#' || text[i] == '*') && ascii_class(text, i + 1) == kForeign;
      if (!keycap) {
        ++i;
        continue;
      }
    } else if (first != kForeign) {
      const AsciiMatch match = match_ascii(text, i);
      if (!match.foreign && match.end - i <= max_token_length_) {
        if (match.end == i) {
          ++i;
          continue;
        }
        const auto start = static_cast<uint32_t>(i - surplus);
        const auto length = static_cast<uint32_t>(match.end - i);
        tokens.add(text.substr(i, length), position++, start, start + length, match.type);
        i = match.end;
        continue;
      }
    }
    const auto start = static_cast<uint32_t>(i - surplus);
    if (const auto match = match_word(text, i, max_token_length_)) {
      tokens.add(text.substr(i, match->end - i), position++, start, start + match->utf16_units, match->type);
      surplus += match->end - i - match->utf16_units;
      i = match->end;
    } else {
      const size_t begin = i;
      const uint32_t units = utf16_units(decode_utf8(text, i));
      surplus += i - begin - units;
    }
  }
  tokens.set_num_positions(position);
}

void tokenize_by_rules(std::string_view text, uint32_t max_token_length, TokenBuffer& tokens) {
  add_matches(text, tokens, [&](size_t begin) { return match_word(text, begin, max_token_length); });
}

}  // namespace selene::index
