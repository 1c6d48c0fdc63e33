#include "index/analysis/stemmers/light_stemmers.h"

namespace selene::index {
namespace {

/// Letters before which -s and -st are endings in German.
bool is_german_st_ending(char16_t unit) { return std::u16string_view(u"bdfghklmnt").find(unit) != std::u16string_view::npos; }

void german_step_one(StemWord& word) {
  if (word.size() > 5 && word.cut_if({u"ern"}, 3)) return;
  if (word.size() > 4 && word.cut_if({u"em", u"en", u"er", u"es"}, 2)) return;
  if (word.size() > 3 && word.cut_if({u"e"}, 1)) return;
  if (word.size() > 3 && word.from_end(1) == u's' && is_german_st_ending(word.from_end(2))) word.cut(1);
}

void german_step_two(StemWord& word) {
  if (word.size() > 5 && word.cut_if({u"est"}, 3)) return;
  if (word.size() > 4 && word.cut_if({u"er", u"en"}, 2)) return;
  if (word.size() > 4 && word.ends(u"st") && is_german_st_ending(word.from_end(3))) word.cut(2);
}

}  // namespace

void stem_english_minimal(StemWord& word) {
  if (word.size() < 3 || word.from_end(1) != u's') return;
  if (word.ends_in_one_of({u"us", u"ss"})) return;
  if (word.from_end(2) == u'e') {
    if (word.size() > 3 && word.from_end(3) == u'i' && word.from_end(4) != u'a' && word.from_end(4) != u'e') {
      word.from_end(3) = u'y';
      return word.cut(2);
    }
    if (word.ends_in_one_of({u"ies", u"aes", u"oes", u"ees"})) return;
  }
  word.cut(1);
}

void stem_german_light(StemWord& word) {
  word.fold(u"äàáâöòóôïìíîüùúû", u"aaaaooooiiiiuuuu");
  german_step_one(word);
  german_step_two(word);
}

void stem_german_minimal(StemWord& word) {
  if (word.size() < 5) return;
  word.fold(u"äöü", u"aou");
  if (word.size() > 6 && word.cut_if({u"nen"}, 3)) return;
  if (word.size() > 5 && word.cut_if({u"en", u"se", u"es", u"er"}, 2)) return;
  if (word.last_is_one_of(u"nesr")) word.cut(1);
}

void stem_norwegian_light(StemWord& word) {
  if (word.size() > 4) word.cut_if({u"s"}, 1);
  if (word.size() > 7 && word.cut_if({u"heter", u"heten"}, 5)) return;
  if (word.size() > 5 && word.cut_if({u"dom", u"het"}, 3)) return;
  if (word.size() > 7 && word.cut_if({u"elser", u"elsen"}, 5)) return;
  if (word.size() > 6 && word.cut_if({u"ende", u"else", u"este", u"eren"}, 4)) return;
  if (word.size() > 5 && word.cut_if({u"ere", u"est", u"ene"}, 3)) return;
  if (word.size() > 4 && word.cut_if({u"er", u"en", u"et", u"st", u"te"}, 2)) return;
  if (word.size() > 3 && word.last_is_one_of(u"aen")) word.cut(1);
}

void stem_norwegian_minimal(StemWord& word) {
  if (word.size() > 4) word.cut_if({u"s"}, 1);
  if (word.size() > 5 && word.cut_if({u"ene"}, 3)) return;
  if (word.size() > 4 && word.cut_if({u"er", u"en", u"et"}, 2)) return;
  if (word.size() > 3 && word.last_is_one_of(u"ae")) word.cut(1);
}

void stem_nynorsk_light(StemWord& word) {
  if (word.size() > 4) word.cut_if({u"s"}, 1);
  if (word.size() > 7 && word.cut_if({u"heita"}, 5)) return;
  if (word.size() > 8 && word.cut_if({u"heiter", u"leiken", u"leikar"}, 6)) return;
  if (word.size() > 5 && word.cut_if({u"dom"}, 3)) return;
  if (word.size() > 6 && word.cut_if({u"heit", u"semd", u"leik"}, 4)) return;
  if (word.size() > 7 && word.cut_if({u"elser", u"elsen"}, 5)) return;
  if (word.size() > 6 && word.cut_if({u"ande", u"else", u"aste", u"aren"}, 4)) return;
  if (word.size() > 5 && word.cut_if({u"are", u"ast", u"ene", u"ane"}, 3)) return;
  if (word.size() > 4 && word.cut_if({u"er", u"en", u"et", u"ar", u"te"}, 2)) return;
  if (word.size() > 3 && word.last_is_one_of(u"aen")) word.cut(1);
}

void stem_nynorsk_minimal(StemWord& word) {
  if (word.size() > 4) word.cut_if({u"s"}, 1);
  if (word.size() > 5 && word.cut_if({u"ene", u"ane"}, 3)) return;
  if (word.size() > 4 && word.cut_if({u"er", u"en", u"et", u"ar"}, 2)) return;
  if (word.size() > 3 && word.last_is_one_of(u"ae")) word.cut(1);
}

void stem_swedish_light(StemWord& word) {
  if (word.size() > 4) word.cut_if({u"s"}, 1);
  if (word.size() > 7 && word.cut_if({u"elser", u"heten"}, 5)) return;
  if (word.size() > 6 && word.cut_if({u"arne", u"erna", u"ande", u"else", u"aste", u"orna", u"aren"}, 4)) return;
  if (word.size() > 5 && word.cut_if({u"are", u"ast", u"het"}, 3)) return;
  if (word.size() > 4 && word.cut_if({u"ar", u"er", u"or", u"en", u"at", u"te", u"et"}, 2)) return;
  if (word.size() > 3 && word.last_is_one_of(u"taen")) word.cut(1);
}

}  // namespace selene::index
