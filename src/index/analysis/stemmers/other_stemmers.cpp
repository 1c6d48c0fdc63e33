#include "index/analysis/stemmers/light_stemmers.h"

namespace selene::index {
namespace {

bool is_vowel(char16_t unit) { return std::u16string_view(u"aeiouy").find(unit) != std::u16string_view::npos; }

void finnish_particles(StemWord& word) {
  while (word.size() > 8) {
    if (!word.cut_if({u"kin"}, 3) && !word.cut_if({u"ko"}, 2)) break;
  }
  if (word.size() > 11 && !word.cut_if({u"dellinen"}, 8)) word.cut_if({u"dellisuus"}, 9);
}

void finnish_short_endings(StemWord& word) {
  if (word.size() <= 5) return;
  if (word.cut_if({u"lla", u"tse", u"sti"}, 3) || word.cut_if({u"ni"}, 2)) return;
  word.cut_if({u"aa"}, 1);
}

/// Overwrites the unit `place` from the end and cuts `units`, if the word ends in `ending`.
bool replace_ending(StemWord& word, std::u16string_view ending, size_t place, char16_t by, size_t units) {
  if (!word.ends(ending)) return false;
  word.from_end(place) = by;
  word.cut(units);
  return true;
}

void finnish_cases(StemWord& word) {
  if (word.size() > 8) {
    if (replace_ending(word, u"nnen", 4, u's', 3) || replace_ending(word, u"ntena", 5, u's', 4)) return;
    if (word.cut_if({u"tten"}, 4) || word.cut_if({u"eiden"}, 5)) return;
  }
  if (word.size() > 6) {
    if (word.cut_if({u"neen", u"niin", u"seen", u"teen", u"inen"}, 4)) return;
    if (word.from_end(3) == u'h' && is_vowel(word.from_end(2)) && word.from_end(1) == u'n') return word.cut(3);
    if (replace_ending(word, u"den", 3, u's', 2) || replace_ending(word, u"ksen", 4, u's', 3)) return;
    if (word.cut_if({u"ssa", u"sta", u"lla", u"lta", u"tta", u"ksi", u"lle"}, 3)) return;
  }
  if (word.size() > 5 && (word.cut_if({u"na", u"ne"}, 2) || word.cut_if({u"nei"}, 3))) return;
  if (word.size() <= 4) return;
  if (word.cut_if({u"ja", u"ta"}, 2) || word.cut_if({u"a"}, 1)) return;
  if (word.from_end(1) == u'n') word.cut(is_vowel(word.from_end(2)) ? 2 : 1);
}

void finnish_nominative(StemWord& word) {
  if (word.size() > 5 && word.ends(u"hde")) word.text.replace(word.size() - 3, 3, u"ksi");
  if (word.size() > 4 && word.cut_if({u"ei", u"at"}, 2)) return;
  if (word.size() > 3 && word.last_is_one_of(u"tsjeai")) word.cut(1);
}

void finnish_vowels_and_doubles(StemWord& word) {
  if (word.size() > 8 && word.last_is_one_of(u"eou")) word.cut(1);
  if (word.size() <= 4) return;
  if (word.from_end(1) == u'i') word.cut(1);
  if (word.size() > 4) word.remove_doubles([](char16_t unit) { return unit == u'k' || unit == u'p' || unit == u't'; });
}

void hungarian_case(StemWord& word) {
  if (word.size() > 6 && word.cut_if({u"kent"}, 4)) return;
  if (word.size() > 5) {
    if (word.cut_if(
            {u"nak", u"nek", u"val", u"vel", u"ert", u"rol", u"ban", u"ben", u"bol", u"nal", u"nel", u"hoz", u"hez", u"tol"}, 3))
      return;
    if (word.ends_in_one_of({u"al", u"el"}) && !is_vowel(word.from_end(3)) && word.from_end(3) == word.from_end(4))
      return word.cut(3);
  }
  if (word.size() <= 4) return;
  if (word.cut_if({u"at", u"et", u"ot", u"va", u"ve", u"ra", u"re", u"ba", u"be", u"ul", u"ig"}, 2)) return;
  if (word.ends_in_one_of({u"on", u"en"}) && !is_vowel(word.from_end(3))) return word.cut(2);
  if (word.last_is_one_of(u"tn")) return word.cut(1);
  if (word.last_is_one_of(u"ae") && word.from_end(2) == word.from_end(3) && !is_vowel(word.from_end(2))) word.cut(2);
}

bool hungarian_possessive_of_many(StemWord& word) {
  if (word.size() > 6) {
    if (!is_vowel(word.from_end(5)) && word.cut_if({u"atok", u"otok", u"etek"}, 4)) return true;
    if (word.cut_if({u"itek", u"itok"}, 4)) return true;
  }
  if (word.size() > 5) {
    if (!is_vowel(word.from_end(4)) && word.cut_if({u"unk", u"tok", u"tek"}, 3)) return true;
    if (is_vowel(word.from_end(4)) && word.cut_if({u"juk"}, 3)) return true;
    if (word.cut_if({u"ink"}, 3)) return true;
  }
  return false;
}

void hungarian_possessive(StemWord& word) {
  if (hungarian_possessive_of_many(word)) return;
  if (word.size() > 4) {
    if (!is_vowel(word.from_end(3)) && word.cut_if({u"am", u"em", u"om", u"ad", u"ed", u"od", u"uk"}, 2)) return;
    if (is_vowel(word.from_end(3)) && word.cut_if({u"nk", u"ja", u"je"}, 2)) return;
    if (word.cut_if({u"im", u"id", u"ik"}, 2)) return;
  }
  if (word.size() <= 3) return;
  if (word.last_is_one_of(is_vowel(word.from_end(2)) ? u"mdi" : u"aei")) word.cut(1);
}

void hungarian_plural(StemWord& word) {
  if (word.size() <= 3 || word.from_end(1) != u'k') return;
  const bool linked = word.size() > 4 && word.ends_in_one_of({u"ak", u"ok", u"ek"});
  word.cut(linked ? 2 : 1);
}

void russian_case(StemWord& word) {
  if (word.size() > 6 && word.cut_if({u"иями", u"оями"}, 4)) return;
  if (word.size() > 5 && word.cut_if({u"иям", u"иях", u"оях", u"ями", u"оям", u"оьв", u"ами", u"его", u"ему", u"ери", u"ими",
                                      u"ого", u"ому", u"ыми", u"оев"},
                                     3))
    return;
  if (word.size() > 4 &&
      word.cut_if({u"ая", u"яя", u"ях", u"юю", u"ах", u"ею", u"их", u"ия", u"ию", u"ьв", u"ою", u"ую", u"ям", u"ых", u"ея",
                   u"ам", u"ем", u"ей", u"ём", u"ев", u"ий", u"им", u"ое", u"ой", u"ом", u"ов", u"ые", u"ый", u"ым", u"ми"},
                  2))
    return;
  if (word.size() > 3 && word.last_is_one_of(u"аеиоуйыяь")) word.cut(1);
}

}  // namespace

void stem_finnish_light(StemWord& word) {
  if (word.size() < 4) return;
  word.fold(u"äåö", u"aao");
  finnish_particles(word);
  finnish_short_endings(word);
  finnish_cases(word);
  finnish_nominative(word);
  finnish_vowels_and_doubles(word);
}

void stem_hungarian_light(StemWord& word) {
  word.fold(u"áëéíóőõöúűũûü", u"aeeioooouuuuu");
  hungarian_case(word);
  hungarian_possessive(word);
  hungarian_plural(word);
  if (word.size() > 3 && word.last_is_one_of(u"aeio")) word.cut(1);
}

void stem_russian_light(StemWord& word) {
  russian_case(word);
  if (word.size() <= 3) return;
  if (word.last_is_one_of(u"ьи") || word.ends(u"нн")) word.cut(1);
}

}  // namespace selene::index
