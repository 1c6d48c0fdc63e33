#include "index/analysis/filters/light_stem_filter.h"

#include <string>

#include "index/analysis/utf8.h"

namespace selene::index {
namespace {

void to_utf16(std::string_view term, std::u16string& out) {
  out.clear();
  for (size_t pos = 0; pos < term.size();) {
    const char32_t c = decode_utf8(term, pos);
    if (c < 0x10000) {
      out += static_cast<char16_t>(c);
    } else {
      out += static_cast<char16_t>(0xD800 + ((c - 0x10000) >> 10));
      out += static_cast<char16_t>(0xDC00 + ((c - 0x10000) & 0x3FF));
    }
  }
}

/// A surrogate that lost its other half reads as U+FFFD.
void to_utf8(std::u16string_view term, std::string& out) {
  out.clear();
  for (size_t i = 0; i < term.size(); ++i) {
    const char32_t c = term[i];
    const bool high = c >= 0xD800 && c < 0xDC00;
    if (high && i + 1 < term.size() && term[i + 1] >= 0xDC00 && term[i + 1] < 0xE000) {
      append_utf8(out, 0x10000 + ((c - 0xD800) << 10) + (static_cast<char32_t>(term[++i]) - 0xDC00));
    } else {
      append_utf8(out, c >= 0xD800 && c < 0xE000 ? kReplacementCharacter : c);
    }
  }
}

/// Rewrites each term that is no keyword by `change`.
template <class Change>
void rewrite(TokenBuffer& tokens, bool keywords_too, Change change) {
  StemWord word;
  std::string changed;
  for (TokenBuffer::Token& token : tokens.mutable_tokens()) {
    if (token.keyword && !keywords_too) continue;
    to_utf16(tokens.term(token), word.text);
    change(word);
    to_utf8(word.text, changed);
    tokens.replace_term(token, changed);
  }
}

/// What the letters before say about the next one.
enum class After : uint8_t {
  kNothing,
  kVowel,   ///< a u starts no umlaut, an e stays
  kUmlaut,  ///< an e goes
};

void normalize_german(StemWord& word) {
  std::u16string out;
  After state = After::kNothing;
  for (const char16_t unit : word.text) {
    switch (unit) {
      case u'a':
      case u'o': state = After::kUmlaut; break;
      case u'u': state = state == After::kNothing ? After::kUmlaut : After::kVowel; break;
      case u'e': {
        const bool part_of_umlaut = state == After::kUmlaut;
        state = After::kVowel;
        if (part_of_umlaut) continue;
        break;
      }
      case u'i':
      case u'q':
      case u'y': state = After::kVowel; break;
      case u'ä':
      case u'ö':
      case u'ü':
        out += unit == u'ä' ? u'a' : unit == u'ö' ? u'o' : u'u';
        state = After::kVowel;
        continue;
      case u'ß':
        out += u"ss";
        state = After::kNothing;
        continue;
      default: state = After::kNothing;
    }
    out += unit;
  }
  word.text = std::move(out);
}

}  // namespace

void LightStemFilter::apply(TokenBuffer& tokens) const { rewrite(tokens, false, stem_); }

void NormalizationFilter::apply(TokenBuffer& tokens) const { rewrite(tokens, true, normalize_); }

void GermanNormalizationFilter::apply(TokenBuffer& tokens) const { rewrite(tokens, true, &normalize_german); }

}  // namespace selene::index
