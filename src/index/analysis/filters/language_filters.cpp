#include "index/analysis/filters/language_filters.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>

#include <string>
#include <vector>

#include "index/analysis/utf8.h"

namespace selene::index {
namespace {

constexpr char32_t kDotAbove = 0x307;

std::u32string code_points(std::string_view term) {
  std::u32string decoded;
  for (size_t pos = 0; pos < term.size();) decoded += decode_utf8(term, pos);
  return decoded;
}

/// Rewrites each term by `change`, which takes and gives code points.
template <class Change>
void rewrite_terms(TokenBuffer& tokens, Change change) {
  std::string term;
  for (TokenBuffer::Token& token : tokens.mutable_tokens()) {
    term.clear();
    for (const char32_t c : change(code_points(tokens.term(token)))) append_utf8(term, c);
    tokens.replace_term(token, term);
  }
}

/// As rewrite_terms, code point by code point; 0 drops it.
template <class Change>
void rewrite_code_points(TokenBuffer& tokens, Change change) {
  rewrite_terms(tokens, [&](const std::u32string& term) {
    std::u32string changed;
    for (const char32_t c : term) {
      if (const char32_t to = change(c); to != 0) changed += to;
    }
    return changed;
  });
}

char32_t to_lower(char32_t c) { return static_cast<char32_t>(u_tolower(static_cast<UChar32>(c))); }
bool is_non_spacing_mark(char32_t c) { return u_charType(static_cast<UChar32>(c)) == U_NON_SPACING_MARK; }

/// Whether a combining dot is among the marks from `pos` on.
bool has_dot_above(const std::u32string& term, size_t pos) {
  for (; pos < term.size() && is_non_spacing_mark(term[pos]); ++pos) {
    if (term[pos] == kDotAbove) return true;
  }
  return false;
}

std::u32string turkish_lower(const std::u32string& term) {
  std::u32string lower;
  bool dot_goes = false;  // behind an I that took it
  for (size_t i = 0; i < term.size(); ++i) {
    if (term[i] == U'I') {
      dot_goes = has_dot_above(term, i + 1);
      lower += dot_goes ? U'i' : U'ı';
      continue;
    }
    dot_goes = dot_goes && is_non_spacing_mark(term[i]);
    if (!dot_goes || term[i] != kDotAbove) lower += to_lower(term[i]);
  }
  return lower;
}

std::u32string irish_lower(const std::u32string& term) {
  const bool prefixed = term.size() > 1 && (term[0] == U'n' || term[0] == U't') &&
                        std::u32string_view(U"AEIOUÁÉÍÓÚ").find(term[1]) != std::u32string_view::npos;
  std::u32string lower;
  for (size_t i = 0; i < term.size(); ++i) {
    if (prefixed && i == 1) lower += U'-';
    lower += to_lower(term[i]);
  }
  return lower;
}

char32_t normalize_arabic(char32_t c) {
  switch (c) {
    case 0x622:                                        // alef with madda
    case 0x623:                                        // alef with hamza above
    case 0x625: return 0x627;                          // alef with hamza below
    case 0x649: return 0x64A;                          // yeh without dots
    case 0x629: return 0x647;                          // teh marbuta as heh
    case 0x640: return 0;                              // tatweel
    default: return c >= 0x64B && c <= 0x652 ? 0 : c;  // vowel signs
  }
}

char32_t normalize_persian(char32_t c) {
  switch (c) {
    case 0x6CC:                // Farsi yeh
    case 0x6D2: return 0x64A;  // yeh barree
    case 0x6A9: return 0x643;  // keheh
    case 0x6C0:                // heh with yeh above
    case 0x6C1: return 0x647;  // heh goal
    case 0x654: return 0;      // hamza above
    default: return c;
  }
}

/// Half-width katakana U+FF65 to U+FF9F in their usual width; the last two are the sound marks.
constexpr std::u32string_view kKatakana =
    U"・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン\u3099"
    U"\u309A";
constexpr char32_t kFirstHalfWidth = 0xFF65;
constexpr char32_t kVoicedMark = 0xFF9E;
constexpr char32_t kSemiVoicedMark = 0xFF9F;

/// `before` with the sound mark, 0 if there is no such kana.
char32_t with_sound_mark(char32_t before, char32_t mark) {
  if (before < 0x30A6 || before > 0x30FD) return 0;
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2* nfc = unorm2_getNFCInstance(&status);
  const UChar32 joined = unorm2_composePair(nfc, static_cast<UChar32>(before), mark == kVoicedMark ? 0x3099 : 0x309A);
  return joined < 0 ? 0 : static_cast<char32_t>(joined);
}

std::u32string usual_width(const std::u32string& term) {
  std::u32string wide;
  for (const char32_t c : term) {
    if ((c == kVoicedMark || c == kSemiVoicedMark) && !wide.empty()) {
      if (const char32_t joined = with_sound_mark(wide.back(), c); joined != 0) {
        wide.back() = joined;
        continue;
      }
    }
    if (c >= 0xFF01 && c <= 0xFF5E) {
      wide += c - 0xFEE0;
    } else {
      wide += c >= kFirstHalfWidth && c <= kSemiVoicedMark ? kKatakana[c - kFirstHalfWidth] : c;
    }
  }
  return wide;
}

/// One ideograph, kana or syllable.
struct CjkChar {
  char32_t c;
  uint32_t start_offset;
  uint32_t end_offset;
};

bool is_cjk(TokenType type) {
  return type == TokenType::kIdeographic || type == TokenType::kHiragana || type == TokenType::kKatakana ||
         type == TokenType::kHangul;
}

/// Adds the characters of a token. Where its term is no longer as long as the text it came from, each has the offsets of the whole.
void add_chars(const TokenBuffer& tokens, const TokenBuffer::Token& token, std::vector<CjkChar>& run) {
  const std::u32string term = code_points(tokens.term(token));
  const bool as_written = utf16_length(tokens.term(token)) == token.end_offset - token.start_offset;
  uint32_t offset = token.start_offset;
  for (const char32_t c : term) {
    if (as_written) {
      run.push_back({c, offset, offset + utf16_units(c)});
      offset += utf16_units(c);
    } else {
      run.push_back({c, token.start_offset, token.end_offset});
    }
  }
}

/// Writes a run of characters as pairs, and empties it.
void add_bigrams(std::vector<CjkChar>& run, TokenBuffer& out, uint32_t& position) {
  std::string term;
  for (size_t i = 0; i + 1 < run.size() || (i == 0 && run.size() == 1); ++i) {
    const bool pair = i + 1 < run.size();
    term.clear();
    append_utf8(term, run[i].c);
    if (pair) append_utf8(term, run[i + 1].c);
    out.add(term, position++, run[i].start_offset, run[pair ? i + 1 : i].end_offset,
            pair ? TokenType::kDouble : TokenType::kSingle);
  }
  run.clear();
}

}  // namespace

void DecimalDigitFilter::apply(TokenBuffer& tokens) const {
  rewrite_code_points(tokens, [](char32_t c) {
    const int32_t digit = c > 0x7F ? u_charDigitValue(static_cast<UChar32>(c)) : -1;
    return digit < 0 ? c : U'0' + static_cast<char32_t>(digit);
  });
}

void ApostropheFilter::apply(TokenBuffer& tokens) const {
  rewrite_terms(tokens, [](const std::u32string& term) { return term.substr(0, term.find_first_of(U"'\u2019")); });
}

void TurkishLowercaseFilter::apply(TokenBuffer& tokens) const { rewrite_terms(tokens, &turkish_lower); }

void IrishLowercaseFilter::apply(TokenBuffer& tokens) const { rewrite_terms(tokens, &irish_lower); }

void ArabicNormalizationFilter::apply(TokenBuffer& tokens) const { rewrite_code_points(tokens, &normalize_arabic); }

void PersianNormalizationFilter::apply(TokenBuffer& tokens) const { rewrite_code_points(tokens, &normalize_persian); }

void CjkWidthFilter::apply(TokenBuffer& tokens) const { rewrite_terms(tokens, &usual_width); }

void CjkBigramFilter::apply(TokenBuffer& tokens) const {
  TokenBuffer out;
  std::vector<CjkChar> run;
  uint32_t run_end = 0;
  uint32_t position = 0;     // of the next token
  uint32_t next_unread = 0;  // position behind the last token read
  for (const TokenBuffer::Token& token : tokens.tokens()) {
    const uint32_t gap = token.position - next_unread;
    next_unread = token.position + 1;
    const bool cjk = is_cjk(token.type);
    if (!run.empty() && (!cjk || token.start_offset != run_end)) add_bigrams(run, out, position);
    if (cjk) {
      add_chars(tokens, token, run);
      run_end = token.end_offset;
    } else {
      position += gap;
      out.add(tokens.term(token), position++, token.start_offset, token.end_offset, token.type);
    }
  }
  add_bigrams(run, out, position);
  out.set_num_positions(position + tokens.num_positions() - next_unread);
  out.set_text_end(tokens.text_end());
  tokens = std::move(out);
}

}  // namespace selene::index
