#include <unicode/uchar.h>

#include <algorithm>
#include <optional>

#include "index/analysis/stemmers/light_stemmers.h"

namespace selene::index {
namespace {

using Text = std::u16string_view;

enum class Region : uint8_t {
  kFirst,   ///< behind the first consonant that follows a vowel
  kSecond,  ///< the same again, within the first
  kVerb,    ///< behind the third letter, or the next vowel or consonant
};
struct Ending {
  Text text;
  Text by = {};
  Region region = Region::kSecond;
  bool behind_e = false;
};
/// The first that fits is replaced.
constexpr Ending kEndings[] = {
    {u"uciones", u"u"},
    {u"imentos"},
    {u"amentos"},
    {u"adores"},
    {u"adoras"},
    {u"logias", u"logias"},  // left as it is, and nothing else is cut as a verb's ending
    {u"encias", u"ente"},
    {u"amente", u"", Region::kFirst},
    {u"idades"},
    {u"acoes"},
    {u"imento"},
    {u"amento"},
    {u"adora"},
    {u"ismos"},
    {u"istas"},
    {u"logia", u"log"},
    {u"ucion", u"u"},
    {u"encia", u"ente"},
    {u"mente"},
    {u"idade"},
    {u"acao"},
    {u"ezas"},
    {u"icos"},
    {u"icas"},
    {u"ismo"},
    {u"avel"},
    {u"ivel"},
    {u"ista"},
    {u"osos"},
    {u"osas"},
    {u"ador"},
    {u"ivas"},
    {u"ivos"},
    {u"iras", u"ir", Region::kVerb, true},
    {u"eza"},
    {u"ico"},
    {u"ica"},
    {u"oso"},
    {u"osa"},
    {u"iva"},
    {u"ivo"},
    {u"ira", u"ir", Region::kVerb, true},
};

/// Of verbs; the longest first.
constexpr Text kVerbEndings[] = {
    u"issemos", u"essemos", u"assemos", u"ariamos", u"eriamos", u"iriamos", u"iremos", u"eremos", u"aremos", u"avamos", u"iramos",
    u"eramos",  u"aramos",  u"asseis",  u"esseis",  u"isseis",  u"arieis",  u"erieis", u"irieis", u"irmos",  u"iamos",  u"armos",
    u"ermos",   u"areis",   u"ereis",   u"ireis",   u"asses",   u"esses",   u"isses",  u"astes",  u"assem",  u"essem",  u"issem",
    u"ardes",   u"erdes",   u"irdes",   u"ariam",   u"eriam",   u"iriam",   u"arias",  u"erias",  u"irias",  u"estes",  u"istes",
    u"aveis",   u"aria",    u"eria",    u"iria",    u"asse",    u"esse",    u"isse",   u"aste",   u"este",   u"iste",   u"arei",
    u"erei",    u"irei",    u"aram",    u"eram",    u"iram",    u"avam",    u"arem",   u"erem",   u"irem",   u"ando",   u"endo",
    u"indo",    u"arao",    u"erao",    u"irao",    u"adas",    u"idas",    u"aras",   u"eras",   u"iras",   u"avas",   u"ares",
    u"eres",    u"ires",    u"ados",    u"idos",    u"amos",    u"emos",    u"imos",   u"ieis",   u"ada",    u"ida",    u"ara",
    u"era",     u"ira",     u"iam",     u"ado",     u"ido",     u"ias",     u"ais",    u"eis",    u"ear",    u"ia",     u"ei",
    u"am",      u"em",      u"ar",      u"er",      u"ir",      u"as",      u"es",     u"is",     u"eu",     u"iu",     u"ou",
};
constexpr Text kVerbEndingThatStays = u"ira";

bool is_vowel(char16_t unit) { return Text(u"aeiou").find(unit) != Text::npos; }

/// Where the first unit of [from, size - 1) stands that is a vowel or is none, as `vowel` says.
std::optional<size_t> find_unit(Text text, size_t from, bool vowel) {
  for (size_t i = from; i + 1 < text.size(); ++i) {
    if (is_vowel(text[i]) == vowel) return i;
  }
  return std::nullopt;
}

Text behind_consonant(Text text) {
  const std::optional<size_t> vowel = find_unit(text, 0, true);
  const std::optional<size_t> consonant = vowel ? find_unit(text, *vowel, false) : std::nullopt;
  return consonant ? text.substr(*consonant + 1) : Text();
}

Text verb_region(Text text) {
  std::optional<size_t> place;
  if (text.size() > 1 && !is_vowel(text[1])) place = find_unit(text, 2, true);
  if (!place && text.size() > 2 && is_vowel(text[0]) && is_vowel(text[1])) place = find_unit(text, 2, false);
  if (place) return text.substr(*place + 1);
  return text.size() > 3 ? text.substr(3) : Text();
}

/// Lower case without accents, and without a mark at either end.
std::u16string plain(std::u16string_view word) {
  constexpr Text kMarks = u"\"'-,;.?!";
  std::u16string text;
  for (const char16_t unit : word) {
    const auto lower = static_cast<char16_t>(u_tolower(unit));
    const size_t place = Text(u"áâãéêíóôõúüçñ").find(lower);
    text += place == Text::npos ? lower : u"aaaeeiooouucn"[place];
  }
  if (text.size() > 1 && kMarks.find(text.front()) != Text::npos) text.erase(0, 1);
  if (text.size() > 1 && kMarks.find(text.back()) != Text::npos) text.pop_back();
  return text;
}

/// One word whose regions are those of its beginning: they do not shrink with it.
class BrazilianStem {
 public:
  explicit BrazilianStem(std::u16string text)
      : whole_(std::move(text)),
        text_(whole_),
        first_(behind_consonant(whole_)),
        second_(behind_consonant(first_)),
        verb_(verb_region(whole_)) {}

  std::u16string run() {
    if (replace_ending() || cut_verb_ending()) {
      if (verb_.ends_with(u"ci")) cut(u"i");
    } else {
      cut_residual();
    }
    if (verb_.ends_with(u'e')) {
      cut(u"e");
      if (verb_.ends_with(u"gue")) cut(u"u");
      if (verb_.ends_with(u"cie")) cut(u"i");
    }
    return std::move(text_);
  }

 private:
  Text region(Region region) const { return region == Region::kFirst ? first_ : region == Region::kSecond ? second_ : verb_; }
  void cut(Text ending) {
    if (text_.ends_with(ending)) text_.resize(text_.size() - ending.size());
  }
  bool replace_ending() {
    for (const Ending& ending : kEndings) {
      if (!text_.ends_with(ending.text) || !region(ending.region).ends_with(ending.text)) continue;
      const size_t stem = text_.size() - ending.text.size();
      if (ending.behind_e && (stem == 0 || text_[stem - 1] != u'e')) continue;
      text_.replace(stem, ending.text.size(), ending.by);
      return true;
    }
    return false;
  }
  bool cut_verb_ending() {
    for (const Text ending : kVerbEndings) {
      if (!verb_.ends_with(ending)) continue;
      if (ending != kVerbEndingThatStays) cut(ending);
      return true;
    }
    return false;
  }
  void cut_residual() {
    for (const Text ending : {Text(u"os"), Text(u"a"), Text(u"i"), Text(u"o")}) {
      if (verb_.ends_with(ending)) return cut(ending);
    }
  }

  const std::u16string whole_;
  std::u16string text_;
  const Text first_;
  const Text second_;
  const Text verb_;
};

}  // namespace

void stem_brazilian(StemWord& word) {
  std::u16string text = plain(word.text);
  if (text.size() < 3 || text.size() >= 30) return;
  const bool letters = std::all_of(text.begin(), text.end(), [](char16_t unit) { return u_isalpha(unit) != 0; });
  word.text = letters ? BrazilianStem(std::move(text)).run() : std::move(text);
}

}  // namespace selene::index
