#include "index/analysis/filters/german_stem_filter.h"

#include <string>
#include <vector>

#include "index/analysis/utf8.h"

namespace selene::index {
namespace {

constexpr std::string_view kSystem = "system";
constexpr std::string_view kSystemEnding = "em";

bool is_german_vowel(char32_t c) { return std::u32string_view(U"aeiouyäöü").find(c) != std::u32string_view::npos; }

bool may_have_umlaut(std::string_view term) {
  for (const std::string_view written : {"ae", "oe", "ue"}) {
    if (term.find(written) != std::string_view::npos) return true;
  }
  return false;
}

/// Which letters are a u or y between vowels: consonants, which end a vowel's run themselves.
std::vector<bool> consonants_between_vowels(const std::u32string& word) {
  std::vector<bool> found(word.size());
  for (size_t i = 0; i + 2 < word.size(); ++i) {
    const bool u_or_y = word[i + 1] == U'u' || word[i + 1] == U'y';
    found[i + 1] = u_or_y && !found[i] && is_german_vowel(word[i]) && is_german_vowel(word[i + 2]);
  }
  return found;
}

/// The word with umlauts for ae, oe and ue, but not for the ue of "quer" or "bauen".
std::string with_umlauts(std::string_view term) {
  std::u32string word;
  for (size_t pos = 0; pos < term.size();) word += decode_utf8(term, pos);
  const std::vector<bool> consonant = consonants_between_vowels(word);
  std::string out;
  for (size_t i = 0; i < word.size(); ++i) {
    const char32_t next = i + 1 < word.size() && !consonant[i + 1] ? word[i + 1] : U'\0';
    if (word[i] == U'q' && next == U'u') {
      out += "qu";
      ++i;
    } else if (next == U'e' && !consonant[i] && (word[i] == U'a' || word[i] == U'o' || word[i] == U'u')) {
      out += word[i] == U'a' ? "ä" : word[i] == U'o' ? "ö" : "ü";
      ++i;
    } else {
      append_utf8(out, word[i]);
    }
  }
  return out;
}

}  // namespace

void GermanStemFilter::apply(TokenBuffer& tokens) const {
  std::vector<size_t> systems;
  for (size_t i = 0; i < tokens.tokens().size(); ++i) {
    TokenBuffer::Token& token = tokens.mutable_tokens()[i];
    if (token.keyword) continue;
    if (tokens.term(token).ends_with(kSystem)) systems.push_back(i);
    if (may_have_umlaut(tokens.term(token))) tokens.replace_term(token, with_umlauts(tokens.term(token)));
  }
  snowball_.apply(tokens);
  for (const size_t i : systems) {
    TokenBuffer::Token& token = tokens.mutable_tokens()[i];
    const std::string stem(tokens.term(token));
    if (stem.ends_with(kSystem.substr(0, kSystem.size() - kSystemEnding.size())))
      tokens.replace_term(token, stem + std::string(kSystemEnding));
  }
}

}  // namespace selene::index
