#include "index/analysis/stemmers/light_stemmers.h"

namespace selene::index {
namespace {

struct Ending {
  std::u16string_view text;
  size_t shortest;  ///< the shortest word that loses it
  size_t cut;       ///< units that go
};
constexpr Ending kPostpositions[] = {{u"دا", 6, 2}, {u"نا", 5, 1}, {u"ەوە", 7, 3}};
constexpr Ending kPossessives[] = {{u"مان", 7, 3}, {u"یان", 7, 3}, {u"تان", 7, 3}};
/// Indefinite, definite, demonstrative, and what joins a noun to the next word.
constexpr Ending kArticles[] = {
    {u"ێکی", 7, 3},  {u"یەکی", 8, 4}, {u"ێک", 6, 2},   {u"یەک", 7, 3}, {u"ەکە", 7, 3}, {u"کە", 6, 2},
    {u"ەکان", 8, 4}, {u"کان", 7, 3},  {u"یانی", 8, 4}, {u"انی", 7, 3}, {u"یان", 7, 3}, {u"ان", 6, 2},
    {u"یانە", 8, 4}, {u"انە", 7, 3},  {u"ایە", 6, 2},  {u"ەیە", 6, 2}, {u"ە", 5, 1},   {u"ی", 5, 1},
};

/// Cuts the first ending that fits.
template <size_t kSize>
void cut_one_of(const Ending (&endings)[kSize], StemWord& word) {
  for (const Ending& ending : endings) {
    if (word.size() >= ending.shortest && word.ends(ending.text)) return word.cut(ending.cut);
  }
}

}  // namespace

void stem_sorani(StemWord& word) {
  cut_one_of(kPostpositions, word);
  cut_one_of(kPossessives, word);
  cut_one_of(kArticles, word);
}

}  // namespace selene::index
