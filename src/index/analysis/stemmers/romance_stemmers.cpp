#include <unicode/uchar.h>

#include "index/analysis/stemmers/light_stemmers.h"

namespace selene::index {
namespace {

bool is_letter(char16_t unit) { return u_isalpha(unit) != 0; }

/// Accents off, double letters to one, e-endings off: the last step of French.
void normalize_french(StemWord& word) {
  if (word.size() > 4) {
    word.fold(u"àáâôèéêùûîç", u"aaaoeeeuuic");
    word.remove_doubles(is_letter);
  }
  if (word.size() > 4 && word.ends(u"ie")) word.cut(2);
  if (word.size() <= 4) return;
  if (word.from_end(1) == u'r') word.cut(1);
  if (word.from_end(1) == u'e') word.cut(1);
  if (word.from_end(1) == u'e') word.cut(1);
  if (word.from_end(1) == word.from_end(2) && is_letter(word.from_end(1))) word.cut(1);
}

/// A suffix of a word longer than `longer_than`: `cut` units go, and the end is overwritten by `end`.
struct FrenchSuffix {
  size_t longer_than;
  std::u16string_view suffix;
  size_t cut;
  std::u16string_view end;
  bool last;  ///< no further suffix is looked for
};

// In this order, each is tried once.
constexpr FrenchSuffix kFrenchSuffixes[] = {
    {9, u"issement", 6, u"r", true},   {8, u"issant", 4, u"r", true},     {11, u"ficatrice", 5, u"er", true},
    {10, u"ficateur", 4, u"er", true}, {9, u"catrice", 3, u"quer", true}, {8, u"cateur", 2, u"quer", true},
    {8, u"atrice", 4, u"er", true},    {7, u"ateur", 3, u"er", true},     {6, u"trice", 1, u"eur", false},
    {5, u"ième", 4, u"", true},        {7, u"teuse", 2, u"r", true},      {6, u"teur", 1, u"r", true},
    {5, u"euse", 2, u"", true},        {8, u"ère", 1, u"", true},         {7, u"ive", 1, u"f", true},
    {4, u"folle", 2, u"u", true},      {4, u"molle", 2, u"u", true},      {9, u"nnelle", 5, u"", true},
    {9, u"nnel", 3, u"", true},        {4, u"ète", 1, u"", false},        {8, u"ique", 4, u"", false},
    {8, u"esse", 3, u"", true},        {7, u"inage", 3, u"", true},       {9, u"isateur", 7, u"", true},
    {8, u"ation", 5, u"", true},       {8, u"ition", 5, u"", true},
};

bool cut_french_suffix(StemWord& word, const FrenchSuffix& rule) {
  if (word.size() <= rule.longer_than || !word.ends(rule.suffix)) return false;
  word.cut(rule.cut);
  word.text.replace(word.size() - rule.end.size(), rule.end.size(), rule.end);
  // "fermière" -> "fermier", "complète" -> "complet": the accent of the letter before last
  if (rule.suffix == u"ère" || rule.suffix == u"ète") word.from_end(2) = u'e';
  return rule.last;
}

void french_suffixes(StemWord& word) {
  for (const FrenchSuffix& rule : kFrenchSuffixes) {
    if (rule.suffix == u"ficatrice" && word.size() > 6 && word.ends(u"ement")) {
      word.cut(4);
      if (word.size() > 3 && word.ends(u"ive")) {
        word.cut(1);
        word.from_end(1) = u'f';
      }
      return;
    }
    if (rule.suffix == u"isateur" && word.size() > 9 && word.ends(u"isation")) {
      word.cut(7);
      if (word.size() > 5 && word.ends(u"ual")) word.from_end(2) = u'e';
      return;
    }
    if (cut_french_suffix(word, rule)) return;
  }
}

/// -es and -s of plurals, -mente of adverbs.
void cut_portuguese_suffix(StemWord& word) {
  const size_t size = word.size();
  if (size > 4 && word.ends_in_one_of({u"res", u"ses", u"les", u"zes"})) return word.cut(2);
  if (size > 3 && word.ends(u"ns")) {
    word.from_end(2) = u'm';
    return word.cut(1);
  }
  if (size > 4 && word.ends_in_one_of({u"eis", u"éis"})) {
    word.from_end(3) = u'e';
    word.from_end(2) = u'l';
    return word.cut(1);
  }
  if (size > 4 && word.ends(u"ais")) {
    word.from_end(2) = u'l';
    return word.cut(1);
  }
  if (size > 4 && word.ends(u"óis")) {
    word.from_end(3) = u'o';
    word.from_end(2) = u'l';
    return word.cut(1);
  }
  if (size > 4 && word.ends(u"is")) {
    word.from_end(1) = u'l';
    return;
  }
  if (size > 3 && word.ends_in_one_of({u"ões", u"ães"})) {
    word.cut(1);
    word.from_end(2) = u'ã';
    word.from_end(1) = u'o';
    return;
  }
  if (size > 6 && word.cut_if({u"mente"}, 5)) return;
  if (size > 3) word.cut_if({u"s"}, 1);
}

void portuguese_feminine_to_masculine(StemWord& word) {
  if (word.size() > 7 && word.ends_in_one_of({u"inha", u"iaca", u"eira"})) {
    word.from_end(1) = u'o';
    return;
  }
  if (word.size() <= 6) return;
  if (word.ends_in_one_of({u"osa", u"ica", u"ida", u"ada", u"iva", u"ama"})) {
    word.from_end(1) = u'o';
  } else if (word.ends(u"ona")) {
    word.from_end(3) = u'ã';
    word.from_end(2) = u'o';
    word.cut(1);
  } else if (word.ends(u"ora")) {
    word.cut(1);
  } else if (word.ends(u"esa")) {
    word.from_end(3) = u'ê';
    word.cut(1);
  } else if (word.ends(u"na")) {
    word.from_end(1) = u'o';
  }
}

}  // namespace

void stem_french_light(StemWord& word) {
  if (word.size() > 5 && word.from_end(1) == u'x') {
    if (word.from_end(3) == u'a' && word.from_end(2) == u'u' && word.from_end(4) != u'e') word.from_end(2) = u'l';
    word.cut(1);
  }
  if (word.size() > 3) word.cut_if({u"x"}, 1);
  if (word.size() > 3) word.cut_if({u"s"}, 1);
  french_suffixes(word);
  normalize_french(word);
}

void stem_french_minimal(StemWord& word) {
  if (word.size() < 6) return;
  if (word.from_end(1) == u'x') {
    if (word.from_end(3) == u'a' && word.from_end(2) == u'u') word.from_end(2) = u'l';
    return word.cut(1);
  }
  for (const char16_t ending : {u's', u'r', u'e', u'é'}) {
    if (word.from_end(1) == ending) word.cut(1);
  }
  if (word.from_end(1) == word.from_end(2) && is_letter(word.from_end(1))) word.cut(1);
}

void stem_spanish_light(StemWord& word) {
  if (word.size() < 5) return;
  word.fold(u"àáâäòóôöèéêëùúûüìíîï", u"aaaaooooeeeeuuuuiiii");
  if (word.last_is_one_of(u"oae")) return word.cut(1);
  if (word.from_end(1) != u's') return;
  if (word.ends(u"eses")) return word.cut(2);
  if (word.ends(u"ces")) {
    word.from_end(3) = u'z';
    return word.cut(2);
  }
  word.cut_if({u"os", u"as", u"es"}, 2);
}

void stem_italian_light(StemWord& word) {
  if (word.size() < 6) return;
  word.fold(u"àáâäòóôöèéêëùúûüìíîï", u"aaaaooooeeeeuuuuiiii");
  if (word.cut_if({u"ie", u"he", u"hi", u"ii", u"ia", u"io"}, 2)) return;
  if (word.last_is_one_of(u"eiao")) word.cut(1);
}

void stem_portuguese_light(StemWord& word) {
  if (word.size() < 4) return;
  cut_portuguese_suffix(word);
  if (word.size() > 3 && word.from_end(1) == u'a') portuguese_feminine_to_masculine(word);
  if (word.size() > 4 && word.last_is_one_of(u"eao")) word.cut(1);
  word.fold(u"àáâäãòóôöõèéêëùúûüìíîïç", u"aaaaaoooooeeeeuuuuiiiic");
}

}  // namespace selene::index
