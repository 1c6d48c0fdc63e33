#include <algorithm>

#include "index/analysis/stemmers/light_stemmers.h"
#include "index/analysis/stemmers/rslp_rules.h"

namespace selene::index {
namespace {

using Text = std::u16string_view;

/// Whether `takes` takes one of the words of a list.
template <class Takes>
bool any_of_words(Text list, Takes takes) {
  while (!list.empty()) {
    const size_t end = std::min(list.find(u' '), list.size());
    if (takes(list.substr(0, end))) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

bool is_exception(const RslpStep& step, const RslpRule& rule, Text word) {
  return any_of_words(rule.exceptions, [&](Text exception) {
    return step.exceptions == RslpStep::Exceptions::kWords ? word == exception : word.ends_with(exception);
  });
}

/// Gives whether the word is of another length now.
bool apply(const RslpStep& step, StemWord& word) {
  if (word.size() < step.shortest_word) return false;
  if (!step.conditions.empty() && !any_of_words(step.conditions, [&](Text ending) { return word.ends(ending); })) return false;
  for (const RslpRule& rule : step.rules) {
    if (word.size() < rule.shortest_stem + rule.ending.size() || !word.ends(rule.ending)) continue;
    if (is_exception(step, rule, word.text)) continue;
    word.cut(rule.ending.size());
    word.text += rule.by;
    return rule.by.size() != rule.ending.size();
  }
  return false;
}

}  // namespace

void stem_galician(StemWord& word) {
  apply(kGalicianPlural, word);
  apply(kGalicianUnification, word);
  apply(kGalicianAdverb, word);
  while (apply(kGalicianAugmentative, word)) {
  }
  if (!apply(kGalicianNoun, word)) apply(kGalicianVerb, word);
  apply(kGalicianVowel, word);
  word.fold(u"áéêíóú", u"aeeiou");
}

void stem_galician_minimal(StemWord& word) { apply(kGalicianPlural, word); }

void stem_portuguese_rslp(StemWord& word) {
  apply(kPortuguesePlural, word);
  apply(kPortugueseAdverb, word);
  apply(kPortugueseFeminine, word);
  apply(kPortugueseAugmentative, word);
  if (!apply(kPortugueseNoun, word) && !apply(kPortugueseVerb, word)) apply(kPortugueseVowel, word);
  word.fold(u"àáâãäåçèéêëìíîïñòóôõöùúûüýÿ", u"aaaaaaceeeeiiiinooooouuuuyy");
}

void stem_portuguese_minimal(StemWord& word) { apply(kPortuguesePlural, word); }

}  // namespace selene::index
