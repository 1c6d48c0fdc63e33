#include <algorithm>

#include "index/analysis/stemmers/light_stemmers.h"

namespace selene::index {
namespace {

struct Ending {
  std::u16string_view text;
  int num_vowels;    ///< the word has to have more
  bool palatalizes;  ///< what it did to the consonant before is undone
};
/// The first that fits is cut.
constexpr Ending kEndings[] = {
    {u"ajiem", 3, false}, {u"ajai", 3, false}, {u"ajam", 2, false}, {u"ajām", 2, false}, {u"ajos", 2, false}, {u"ajās", 2, false},
    {u"iem", 2, true},    {u"ajā", 2, false},  {u"ais", 2, false},  {u"ai", 2, false},   {u"ei", 2, false},   {u"ām", 1, false},
    {u"am", 1, false},    {u"ēm", 1, false},   {u"īm", 1, false},   {u"im", 1, false},   {u"um", 1, false},   {u"us", 1, true},
    {u"as", 1, false},    {u"ās", 1, false},   {u"es", 1, false},   {u"os", 1, true},    {u"ij", 1, false},   {u"īs", 1, false},
    {u"ēs", 1, false},    {u"is", 1, false},   {u"ie", 1, false},   {u"u", 1, true},     {u"a", 1, true},     {u"i", 1, true},
    {u"e", 1, false},     {u"ā", 1, false},    {u"ē", 1, false},    {u"ī", 1, false},    {u"ū", 1, false},    {u"o", 1, false},
    {u"s", 0, false},     {u"š", 0, false},
};
constexpr size_t kShortestStem = 3;

struct Change {
  std::u16string_view soft;
  std::u16string_view hard;
};
/// Where a u was cut, of the genitive of many, these come first.
constexpr Change kBeforeU[] = {{u"kš", u"kst"}, {u"ņņ", u"nn"}};
constexpr Change kChanges[] = {{u"pj", u"p"},  {u"bj", u"b"},  {u"mj", u"m"},  {u"vj", u"v"},  {u"šņ", u"sn"},
                               {u"žņ", u"zn"}, {u"šļ", u"sl"}, {u"žļ", u"zl"}, {u"ļņ", u"ln"}, {u"ļļ", u"ll"},
                               {u"č", u"c"},   {u"ļ", u"l"},   {u"ņ", u"n"}};

bool harden(StemWord& word, const Change& change) {
  if (!word.ends(change.soft)) return false;
  word.cut(change.soft.size());
  word.text += change.hard;
  return true;
}

void undo_palatalization(StemWord& word, char16_t first_cut) {
  const auto fits = [&](const Change& change) { return harden(word, change); };
  if (first_cut == u'u' && std::any_of(std::begin(kBeforeU), std::end(kBeforeU), fits)) return;
  (void)std::any_of(std::begin(kChanges), std::end(kChanges), fits);
}

}  // namespace

void stem_latvian(StemWord& word) {
  const auto is_vowel = [](char16_t unit) { return std::u16string_view(u"aeiouāīēū").find(unit) != std::u16string_view::npos; };
  const auto num_vowels = std::count_if(word.text.begin(), word.text.end(), is_vowel);
  for (const Ending& ending : kEndings) {
    if (num_vowels <= ending.num_vowels || word.size() < ending.text.size() + kShortestStem || !word.ends(ending.text)) continue;
    word.cut(ending.text.size());
    if (ending.palatalizes) undo_palatalization(word, ending.text.front());
    return;
  }
}

}  // namespace selene::index
