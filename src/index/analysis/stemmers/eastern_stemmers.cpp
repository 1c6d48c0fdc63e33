#include "index/analysis/stemmers/light_stemmers.h"

namespace selene::index {
namespace {

bool replace_last(StemWord& word, std::u16string_view ending, size_t place, char16_t by, size_t units) {
  if (!word.ends(ending)) return false;
  word.from_end(place) = by;
  word.cut(units);
  return true;
}

void czech_case(StemWord& word) {
  if (word.size() > 7 && word.cut_if({u"atech"}, 5)) return;
  if (word.size() > 6 && word.cut_if({u"ětem", u"etem", u"atům"}, 4)) return;
  if (word.size() > 5 &&
      word.cut_if({u"ech", u"ich", u"ích", u"ého", u"ěmi", u"emi", u"ému", u"ěte", u"ete", u"ěti", u"eti", u"ího", u"iho",
                   u"ími", u"ímu", u"imu", u"ách", u"ata", u"aty", u"ých", u"ama", u"ami", u"ové", u"ovi", u"ými"},
                  3))
    return;
  if (word.size() > 4 && word.cut_if({u"em", u"es", u"ém", u"ím", u"ům", u"at", u"ám", u"os", u"us", u"ým", u"mi", u"ou"}, 2))
    return;
  if (word.size() > 3 && word.last_is_one_of(u"aeiouůyáéíýě")) word.cut(1);
}

/// Consonants and vowels that change before an ending, as they are without one.
void normalize_czech(StemWord& word) {
  if (word.ends(u"čt")) return (void)word.text.replace(word.size() - 2, 2, u"ck");
  if (word.ends(u"št")) return (void)word.text.replace(word.size() - 2, 2, u"sk");
  if (word.last_is_one_of(u"cč")) return (void)(word.from_end(1) = u'k');
  if (word.last_is_one_of(u"zž")) return (void)(word.from_end(1) = u'h');
  if (word.size() > 1 && word.from_end(2) == u'e') {
    word.from_end(2) = word.from_end(1);
    return word.cut(1);
  }
  if (word.size() > 2 && word.from_end(2) == u'ů') word.from_end(2) = u'o';
}

void bulgarian_article(StemWord& word) {
  if (word.size() > 6 && word.cut_if({u"ият"}, 3)) return;
  if (word.size() > 5 && word.cut_if({u"ът", u"то", u"те", u"та", u"ия"}, 2)) return;
  if (word.size() > 4) word.cut_if({u"ят"}, 2);
}

void bulgarian_plural(StemWord& word) {
  if (word.size() > 6) {
    if (word.cut_if({u"овци", u"ове"}, 3) || replace_last(word, u"еве", 3, u'й', 2)) return;
  }
  if (word.size() > 5) {
    if (word.cut_if({u"ища"}, 3) || word.cut_if({u"та"}, 2)) return;
    if (replace_last(word, u"ци", 2, u'к', 1) || replace_last(word, u"зи", 2, u'г', 1)) return;
    if (word.from_end(3) == u'е' && word.from_end(1) == u'и') {
      word.from_end(3) = u'я';
      return word.cut(1);
    }
  }
  if (word.size() > 4 && !replace_last(word, u"си", 2, u'х', 1)) word.cut_if({u"и"}, 1);
}

void cut_front(StemWord& word, size_t units) { word.text.erase(0, units); }

void arabic_prefix(StemWord& word) {
  for (const std::u16string_view prefix : {u"ال", u"وال", u"بال", u"كال", u"فال", u"لل", u"و"}) {
    const size_t shortest = prefix.size() == 1 ? 4 : prefix.size() + 2;
    if (word.size() >= shortest && word.text.starts_with(prefix)) return cut_front(word, prefix.size());
  }
}

/// Indonesian: how many syllables are left, and what was cut from the front, which decides what may be cut from the end.
class IndonesianStem {
 public:
  explicit IndonesianStem(StemWord& word) : word_(word) {
    for (const char16_t unit : word.text) syllables_ += is_vowel(unit) ? 1 : 0;
  }
  void run() {
    if (syllables_ > 2) cut_ending({u"kah", u"lah", u"pun"}, 3);
    if (syllables_ > 2 && !cut_ending({u"ku", u"mu"}, 2)) cut_ending({u"nya"}, 3);
    if (syllables_ <= 2) return;
    if (first_prefix()) {
      if (syllables_ > 2 && suffix() && syllables_ > 2) second_prefix();
    } else {
      second_prefix();
      if (syllables_ > 2) suffix();
    }
  }

 private:
  enum Removed : uint8_t { kKe = 1, kPeng = 2, kDi = 4, kMeng = 8, kTer = 16, kBer = 32, kPe = 64 };
  static bool is_vowel(char16_t unit) { return std::u16string_view(u"aeiou").find(unit) != std::u16string_view::npos; }
  bool vowel_at(size_t i) const { return i < word_.size() && is_vowel(word_.text[i]); }

  bool cut_ending(std::initializer_list<std::u16string_view> endings, size_t units) {
    if (!word_.cut_if(endings, units)) return false;
    --syllables_;
    return true;
  }
  bool cut_prefix(std::u16string_view prefix, size_t units, uint8_t removed) {
    if (!word_.text.starts_with(prefix)) return false;
    removed_ |= removed;
    --syllables_;
    cut_front(word_, units);
    return true;
  }
  /// Before a vowel the prefix has swallowed the first consonant of the word: `by`.
  bool restore_prefix(std::u16string_view prefix, char16_t by, uint8_t removed) {
    if (!vowel_at(prefix.size()) || !cut_prefix(prefix, prefix.size() - 1, removed)) return false;
    word_.text[0] = by;
    return true;
  }
  bool first_prefix() {
    return cut_prefix(u"meng", 4, kMeng) || restore_prefix(u"meny", u's', kMeng) || cut_prefix(u"men", 3, kMeng) ||
           cut_prefix(u"mem", 3, kMeng) || cut_prefix(u"me", 2, kMeng) || cut_prefix(u"peng", 4, kPeng) ||
           restore_prefix(u"peny", u's', kPeng) || cut_prefix(u"peny", 4, kPeng) || restore_prefix(u"pen", u't', kPeng) ||
           cut_prefix(u"pen", 3, kPeng) || cut_prefix(u"pem", 3, kPeng) || cut_prefix(u"di", 2, kDi) ||
           cut_prefix(u"ter", 3, kTer) || cut_prefix(u"ke", 2, kKe);
  }
  bool second_prefix() {
    if (cut_prefix(u"ber", 3, kBer)) return true;
    if (word_.text == u"belajar") return cut_prefix(u"bel", 3, kBer);
    const bool softened = word_.size() > 4 && !vowel_at(2) && word_.text[3] == u'e' && word_.text[4] == u'r';
    if (softened && cut_prefix(u"be", 2, kBer)) return true;
    if (cut_prefix(u"per", 3, 0)) return true;
    if (word_.text == u"pelajar") return cut_prefix(u"pel", 3, 0);
    return cut_prefix(u"pe", 2, kPe);
  }
  bool suffix() {
    if ((removed_ & (kKe | kPeng | kPe)) == 0 && cut_ending({u"kan"}, 3)) return true;
    if ((removed_ & (kDi | kMeng | kTer)) == 0 && cut_ending({u"an"}, 2)) return true;
    return !word_.ends(u"si") && (removed_ & (kBer | kKe | kPeng)) == 0 && cut_ending({u"i"}, 1);
  }

  StemWord& word_;
  int32_t syllables_ = 0;
  uint8_t removed_ = 0;
};

}  // namespace

void stem_arabic(StemWord& word) {
  arabic_prefix(word);
  for (const std::u16string_view suffix : {u"ها", u"ان", u"ات", u"ون", u"ين", u"يه", u"ية", u"ه", u"ة", u"ي"}) {
    if (word.size() >= suffix.size() + 2 && word.ends(suffix)) word.cut(suffix.size());
  }
}

void stem_persian(StemWord& word) {
  for (const std::u16string_view suffix : {u"ات", u"ان", u"ترين", u"تر", u"يي", u"ي", u"ها", u"\u200C"}) {
    if (word.size() >= suffix.size() + 2 && word.ends(suffix)) word.cut(suffix.size());
  }
}

void stem_bulgarian(StemWord& word) {
  if (word.size() < 4) return;
  if (word.size() > 5 && word.cut_if({u"ища"}, 3)) return;
  bulgarian_article(word);
  bulgarian_plural(word);
  if (word.size() > 3) {
    word.cut_if({u"я"}, 1);
    word.cut_if({u"а", u"о", u"е"}, 1);
  }
  if (word.size() > 4) replace_last(word, u"ен", 2, u'н', 1);
  if (word.size() > 5 && word.from_end(2) == u'ъ') {
    word.from_end(2) = word.from_end(1);
    word.cut(1);
  }
}

void stem_czech(StemWord& word) {
  czech_case(word);
  if (word.size() > 5) word.cut_if({u"ov", u"in", u"ův"}, 2);
  if (!word.text.empty()) normalize_czech(word);
}

void stem_indonesian(StemWord& word) { IndonesianStem(word).run(); }

}  // namespace selene::index
