#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "index/analysis/stemmers/light_stemmers.h"
#include "index/analysis/stemmers/normalizers.h"

namespace selene::index {
namespace {

using Change = void (*)(StemWord& word);

struct Named {
  const char* name;
  Change change;
  std::u16string_view letters;  ///< endings are made of them
};
constexpr std::u16string_view kGreek = u"αεηικλμνοπρστυχφγδθω";
constexpr std::u16string_view kIberian = u"acdeilmnorstuvzãçõéíñxbg";
constexpr std::u16string_view kBengali =
    u"িয়াছলমতেনইদরকুখানগো\u0981\u0983\u0995\u0999\u09AC\u09AF\u09BC\u09BF\u09C0\u09C7\u09CD\u09CD\u09CD\u200D";
constexpr std::u16string_view kHindi = u"ाएंगीेऊइयँओूतनिकरोुआ\u093C\u094D\u0928\u0901\u0905\u093E\u0945\u200D\u200C";
constexpr Named kChanges[] = {
    {"bengali", &stem_bengali, kBengali},
    {"brazilian", &stem_brazilian, kIberian},
    {"estonian", &stem_estonian, u"aeiouõäöüklmnprstdgv"},
    {"galician", &stem_galician, kIberian},
    {"greek", &stem_greek, kGreek},
    {"hindi", &stem_hindi, kHindi},
    {"latvian", &stem_latvian, u"aeiouāēīūjklmnpsšņļčžvb"},
    {"nynorsk_light", &stem_nynorsk_light, u"heitrdomsalkn"},
    {"persian", &stem_persian, u"انتريهاكبم\u200C"},
    {"portuguese_rslp", &stem_portuguese_rslp, kIberian},
    {"sorani", &stem_sorani, u"دانەوماینتێکە"},
    {"normalize_bengali", &normalize_bengali, kBengali},
    {"normalize_hindi", &normalize_hindi, kHindi},
    {"normalize_indic", &normalize_indic, kHindi},
    {"normalize_sorani", &normalize_sorani, u"يىكهةھرڒـَ\u200C\u200F"},
    {"lower_greek", &lower_greek, u"ΑΆΐςΣ\xD801\xDC00"},
};

/// A word that is mostly of the letters of `change`, with units of anything among them.
std::u16string random_word(const Named& change, std::mt19937& random) {
  std::u16string word;
  const size_t size = random() % 12;
  for (size_t i = 0; i < size; ++i) {
    word += random() % 16 == 0 ? static_cast<char16_t>(random()) : change.letters[random() % change.letters.size()];
  }
  return word;
}

TEST(StemmersTest, AnyTextIsTakenAndHardlyGrows) {
  constexpr size_t kMostAdded = 3;  // of an irregular verb's stem
  std::mt19937 random(5);
  for (const Named& change : kChanges) {
    for (int i = 0; i < 20'000; ++i) {
      StemWord word{random_word(change, random)};
      const size_t before = word.size();
      change.change(word);
      ASSERT_LE(word.size(), before + kMostAdded) << change.name;
    }
  }
}

TEST(StemmersTest, FormsOfAWordHaveOneStem) {
  struct Forms {
    Change stem;
    std::vector<std::u16string> words;
    std::u16string expected;
  };
  const Forms kForms[] = {
      {&stem_estonian, {u"jooma", u"joon", u"jõime", u"juuakse"}, u"joo"},
      {&stem_latvian, {u"tirgiem", u"tirgus", u"tirgu"}, u"tirg"},
      {&stem_greek, {u"καθεστωσ", u"καθεστωτοσ", u"καθεστωτα"}, u"καθεστ"},
      {&stem_galician, {u"cansadísima", u"cansadísimo"}, u"cans"},
      {&stem_hindi, {u"लड़कियों", u"लड़की"}, u"लड़क"},
      {&stem_sorani, {u"پیاوەکە", u"پیاوێک", u"پیاوان"}, u"پیاو"},
  };
  for (const Forms& forms : kForms) {
    for (const std::u16string& text : forms.words) {
      StemWord word{text};
      forms.stem(word);
      EXPECT_EQ(word.text, forms.expected);
    }
  }
}

TEST(StemmersTest, SerbianLosesItsAccentsInBothScripts) {
  for (const char16_t* const text : {u"ђак", u"đak"}) {
    StemWord word{text};
    normalize_serbian(word);
    EXPECT_EQ(word.text, u"djak");
  }
}

}  // namespace
}  // namespace selene::index
