#include "index/analysis/stemmers/normalizers.h"

#include <unicode/uchar.h>

namespace selene::index {
namespace {

using Text = std::u16string_view;

enum class Place : uint8_t { kFirst, kLater };

/// What stands for one letter; nothing if it goes. `place`: among the letters that stay.
Text sorani_letter(Text word, size_t at, Place place) {
  const char16_t unit = word[at];
  switch (unit) {
    case 0x64A:
    case 0x649: return u"\u06CC";                                       // forms of yeh
    case 0x643: return u"\u06A9";                                       // kaf
    case 0x629: return u"\u06D5";                                       // teh marbuta
    case 0x6BE: return u"\u0647";                                       // joining heh
    case 0x692: return u"\u0695";                                       // rreh
    case 0x647: return at + 1 == word.size() ? u"\u06D5" : u"\u0647";   // heh is a vowel at the end
    case 0x631: return place == Place::kFirst ? u"\u0695" : u"\u0631";  // reh is rolled at the front
    case 0x640: return {};                                              // tatweel
    default: break;
  }
  const bool vowel_sign = unit >= 0x64B && unit <= 0x652;
  return vowel_sign || u_charType(unit) == U_FORMAT_CHAR ? Text() : word.substr(at, 1);
}

struct Letter {
  char16_t from;
  Text to;
};
constexpr Letter kSerbian[] = {
    {u'а', u"a"},  {u'б', u"b"}, {u'в', u"v"}, {u'г', u"g"}, {u'д', u"d"}, {u'ђ', u"dj"}, {u'đ', u"dj"}, {u'е', u"e"}, {u'ж', u"z"},
    {u'з', u"z"},  {u'ž', u"z"}, {u'и', u"i"}, {u'ј', u"j"}, {u'к', u"k"}, {u'л', u"l"},  {u'љ', u"lj"}, {u'м', u"m"}, {u'н', u"n"},
    {u'њ', u"nj"}, {u'о', u"o"}, {u'п', u"p"}, {u'р', u"r"}, {u'с', u"s"}, {u'т', u"t"},  {u'ћ', u"c"},  {u'ц', u"c"}, {u'ч', u"c"},
    {u'č', u"c"},  {u'ć', u"c"}, {u'у', u"u"}, {u'ф', u"f"}, {u'х', u"h"}, {u'џ', u"dz"}, {u'ш', u"s"},  {u'š', u"s"},
};

Text serbian_letter(Text word, size_t at) {
  for (const Letter& letter : kSerbian) {
    if (letter.from == word[at]) return letter.to;
  }
  return word.substr(at, 1);
}

}  // namespace

void normalize_sorani(StemWord& word) {
  constexpr char16_t kNonJoiner = 0x200C;
  constexpr char16_t kHeh = 0x647;
  std::u16string out;
  for (size_t i = 0; i < word.size(); ++i) {
    if (word.text[i] == kNonJoiner) {
      if (!out.empty() && out.back() == kHeh) out.back() = 0x6D5;  // a vowel, as it joins nothing
    } else {
      out += sorani_letter(word.text, i, out.empty() ? Place::kFirst : Place::kLater);
    }
  }
  word.text = std::move(out);
}

void normalize_romanian(StemWord& word) { word.fold(u"ŞşŢţ", u"ȘșȚț"); }

void normalize_serbian(StemWord& word) {
  std::u16string out;
  for (size_t i = 0; i < word.size(); ++i) out += serbian_letter(word.text, i);
  word.text = std::move(out);
}

void lower_greek(StemWord& word) {
  constexpr Text kFrom = u"ςΆάΈέΉήΊΪίϊΐΎΫύϋΰΌόΏώ";
  constexpr Text kTo = u"σααεεηηιιιιιυυυυυοοωω";
  static_assert(kFrom.size() == kTo.size());
  for (char16_t& unit : word.text) {
    const size_t place = kFrom.find(unit);
    const bool half = unit >= 0xD800 && unit < 0xE000;
    if (place != Text::npos) {
      unit = kTo[place];
    } else if (!half) {
      unit = static_cast<char16_t>(u_tolower(unit));
    }
  }
}

}  // namespace selene::index
