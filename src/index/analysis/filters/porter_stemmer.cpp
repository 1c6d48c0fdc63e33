#include "index/analysis/filters/porter_stemmer.h"

#include <span>

#include "index/analysis/utf8.h"

namespace selene::index {
namespace {

struct Suffix {
  std::string_view from;
  std::string_view to;
};

constexpr Suffix kStep2[] = {
    {"ational", "ate"}, {"tional", "tion"}, {"enci", "ence"},   {"anci", "ance"},   {"izer", "ize"},    {"bli", "ble"},
    {"alli", "al"},     {"entli", "ent"},   {"eli", "e"},       {"ousli", "ous"},   {"ization", "ize"}, {"ation", "ate"},
    {"ator", "ate"},    {"alism", "al"},    {"iveness", "ive"}, {"fulness", "ful"}, {"ousness", "ous"}, {"aliti", "al"},
    {"iviti", "ive"},   {"biliti", "ble"},  {"logi", "log"},
};
constexpr Suffix kStep3[] = {
    {"icate", "ic"}, {"ative", ""}, {"alize", "al"}, {"iciti", "ic"}, {"ical", "ic"}, {"ful", ""}, {"ness", ""},
};
constexpr std::string_view kStep4[] = {
    "al",  "ance", "ence", "er",  "ic",  "able", "ible", "ant", "ement", "ment",
    "ent", "ion",  "ou",   "ism", "ate", "iti",  "ous",  "ive", "ize",
};

template <class Char>
class PorterStemmer {
 public:
  PorterStemmer(Char* word, size_t length) : word_(word), length_(length) {}

  size_t run() {
    if (length_ <= 2) return length_;
    plural_and_past();
    final_y();
    replace_first(kStep2);
    replace_first(kStep3);
    drop_suffix();
    tidy();
    return length_;
  }

 private:
  bool consonant(size_t i) const {
    switch (word_[i]) {
      case 'a':
      case 'e':
      case 'i':
      case 'o':
      case 'u': return false;
      case 'y': return consonant_y(i);
      default: return true;
    }
  }
  /// y is a vowel behind a consonant; in a run of y they take turns.
  bool consonant_y(size_t i) const {
    size_t first = i;
    while (first > 0 && word_[first - 1] == 'y') --first;
    const bool first_is_consonant = first == 0 || !consonant(first - 1);
    return first_is_consonant == ((i - first) % 2 == 0);
  }
  /// Number of vowel-consonant pairs in the first `end` letters: [C](VC)^m[V].
  int measure(size_t end) const {
    int m = 0;
    bool previous_vowel = false;
    for (size_t i = 0; i < end; ++i) {
      // y is a vowel behind a consonant: tracking it here keeps runs of y linear
      const bool vowel = word_[i] == 'y' ? i > 0 && !previous_vowel : !consonant(i);
      if (previous_vowel && !vowel) ++m;
      previous_vowel = vowel;
    }
    return m;
  }
  bool vowel_in(size_t end) const {
    for (size_t i = 0; i < end; ++i) {
      if (word_[i] == 'y' ? i > 0 : !consonant(i)) return true;
    }
    return false;
  }
  bool double_consonant() const { return length_ >= 2 && word_[length_ - 1] == word_[length_ - 2] && consonant(length_ - 1); }
  /// Consonant, vowel, consonant at the end of the first `end` letters, the last not w, x or y: brings back an e (hop -> hope).
  bool short_syllable(size_t end) const {
    if (end < 3 || !consonant(end - 1) || consonant(end - 2) || !consonant(end - 3)) return false;
    const Char last = word_[end - 1];
    return last != 'w' && last != 'x' && last != 'y';
  }
  bool ends(std::string_view suffix) const {
    if (suffix.size() > length_) return false;
    for (size_t i = 0; i < suffix.size(); ++i) {
      if (word_[length_ - suffix.size() + i] != static_cast<Char>(suffix[i])) return false;
    }
    return true;
  }
  void set_end(size_t stem, std::string_view suffix) {
    for (size_t i = 0; i < suffix.size(); ++i) word_[stem + i] = static_cast<Char>(suffix[i]);
    length_ = stem + suffix.size();
  }

  // Steps 1a and 1b: caresses -> caress, ponies -> poni, agreed -> agree, matting -> mat, filing -> file.
  void plural_and_past() {
    if (word_[length_ - 1] == 's') {
      if (ends("sses") || ends("ies")) {
        length_ -= 2;
      } else if (word_[length_ - 2] != 's') {
        --length_;
      }
    }
    if (ends("eed")) {
      if (measure(length_ - 3) > 0) --length_;
      return;
    }
    const size_t cut = ends("ed") ? 2 : ends("ing") ? 3 : 0;
    if (cut == 0 || !vowel_in(length_ - cut)) return;
    length_ -= cut;
    if (ends("at") || ends("bl") || ends("iz")) {
      word_[length_++] = 'e';
    } else if (double_consonant()) {
      const Char last = word_[length_ - 1];
      if (last != 'l' && last != 's' && last != 'z') --length_;
    } else if (measure(length_) == 1 && short_syllable(length_)) {
      word_[length_++] = 'e';
    }
  }
  // Step 1c: happy -> happi.
  void final_y() {
    if (ends("y") && vowel_in(length_ - 1)) word_[length_ - 1] = 'i';
  }
  // Steps 2 and 3: the first suffix that fits decides, even if its stem is too short.
  void replace_first(std::span<const Suffix> table) {
    for (const Suffix& suffix : table) {
      if (!ends(suffix.from)) continue;
      const size_t stem = length_ - suffix.from.size();
      if (measure(stem) > 0) set_end(stem, suffix.to);
      return;
    }
  }
  // Step 4: drops -ant, -ence, ... behind a stem of measure above 1.
  void drop_suffix() {
    for (const std::string_view suffix : kStep4) {
      if (!ends(suffix)) continue;
      const size_t stem = length_ - suffix.size();
      if (suffix == "ion" && (stem == 0 || (word_[stem - 1] != 's' && word_[stem - 1] != 't'))) continue;
      if (measure(stem) > 1) length_ = stem;
      return;
    }
  }
  // Step 5: a final e goes, and one of two final l.
  void tidy() {
    if (word_[length_ - 1] == 'e') {
      const int m = measure(length_);
      if (m > 1 || (m == 1 && !short_syllable(length_ - 1))) --length_;
    }
    if (word_[length_ - 1] == 'l' && double_consonant() && measure(length_) > 1) --length_;
  }

  Char* word_;
  size_t length_;
};

/// Letters beyond ASCII count as consonants, one each, so they must be whole units.
void stem_wide(TokenBuffer& tokens, TokenBuffer::Token& token) {
  thread_local std::u16string wide;
  thread_local std::string narrow;
  const std::string_view term = tokens.term(token);
  wide.clear();
  for (size_t pos = 0; pos < term.size();) {
    const char32_t c = decode_utf8(term, pos);
    if (c >= 0x10000) {
      wide += static_cast<char16_t>(0xD7C0 + (c >> 10));
      wide += static_cast<char16_t>(0xDC00 + (c & 0x3FF));
    } else {
      wide += static_cast<char16_t>(c);
    }
  }
  wide.resize(porter_stem(wide.data(), wide.size()));
  narrow.clear();
  for (size_t i = 0; i < wide.size(); ++i) {
    const char16_t c = wide[i];
    if (c >= 0xD800 && c < 0xDC00 && i + 1 < wide.size()) {
      append_utf8(narrow, (static_cast<char32_t>(c - 0xD7C0) << 10) + (static_cast<char32_t>(wide[++i]) - 0xDC00));
    } else {
      append_utf8(narrow, c >= 0xD800 && c < 0xE000 ? kReplacementCharacter : char32_t{c});
    }
  }
  tokens.replace_term(token, narrow);
}

}  // namespace

size_t porter_stem(char* word, size_t length) { return PorterStemmer<char>(word, length).run(); }
size_t porter_stem(char16_t* word, size_t length) { return PorterStemmer<char16_t>(word, length).run(); }

void PorterStemFilter::apply(TokenBuffer& tokens) const {
  for (TokenBuffer::Token& token : tokens.mutable_tokens()) {
    if (token.keyword) continue;
    if (is_ascii(tokens.term(token))) {
      token.term_length = static_cast<uint32_t>(porter_stem(tokens.mutable_term(token), token.term_length));
    } else {
      stem_wide(tokens, token);
    }
  }
}

}  // namespace selene::index
