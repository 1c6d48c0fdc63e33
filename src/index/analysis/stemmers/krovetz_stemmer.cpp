#include "index/analysis/stemmers/krovetz_stemmer.h"

#include <algorithm>

namespace selene::index {
namespace {

using Doubled = KrovetzChange::Doubled;

constexpr KrovetzChange kWithE = {"e"};
constexpr KrovetzChange kBare = {""};
constexpr KrovetzChange kUndoubled = {"", 0, Doubled::kBecomesSingle};

bool is_lower_ascii(char letter) { return letter >= 'a' && letter <= 'z'; }

}  // namespace

std::string_view KrovetzStemmer::stem(std::string_view word) {
  if (word.size() < kShortestWord || word.size() > kLongestWord || !std::all_of(word.begin(), word.end(), &is_lower_ascii))
    return word;
  entry_ = dictionary_.find(word);
  if (entry_ == nullptr) {
    size_ = word.copy(letters_.data(), word.size());
    const bool inflected = apply(kKrovetzPlural) || past_tense() || aspect();
    if (!inflected)
      std::any_of(kKrovetzDerivations.begin(), kKrovetzDerivations.end(), [&](KrovetzStep step) { return apply(step); });
    word = this->word();
  }
  return entry_ != nullptr && entry_->headword != 0 ? dictionary_.headword(*entry_) : word;
}

bool KrovetzStemmer::apply(KrovetzStep step) {
  if (step.front().ending.back() != letters_[size_ - 1]) return false;
  const auto rule = std::find_if(step.begin(), step.end(), [&](const KrovetzRule& each) { return fits(each); });
  if (rule == step.end()) return false;
  const size_t stem_size = size_ - rule->ending.size();
  for (const KrovetzChange& change : rule->tries) {
    if (known_by(change, stem_size)) return true;
  }
  make(rule->otherwise, stem_size);
  return false;
}

bool KrovetzStemmer::past_tense() {
  if (apply(kKrovetzPastInIed)) return true;
  if (!has_verb_ending("ed")) return false;
  const size_t stem_size = size_ - 2;
  if (known_verb(stem_size)) return true;
  const bool doubled = ends_in_doubled_consonant(stem_size);
  if (!doubled && word().starts_with("un")) return false;  // "unembellished": no verb has un-
  make(doubled ? kBare : kWithE, stem_size);
  return false;
}

bool KrovetzStemmer::aspect() {
  if (!has_verb_ending("ing")) return false;
  const size_t stem_size = size_ - 3;
  if (known_verb(stem_size)) return true;
  const bool two_consonants = stem_size > 1 && is_consonant(stem_size - 1) && is_consonant(stem_size - 2);
  make(two_consonants || ends_in_doubled_consonant(stem_size) ? kBare : kWithE, stem_size);
  return false;
}

bool KrovetzStemmer::known_verb(size_t stem_size) {
  const KrovetzDictionary::Entry* with_e = dictionary_.find(candidate(kWithE, stem_size));
  if (with_e != nullptr && !with_e->exception) return known_by(kWithE, stem_size);
  return known_by(kBare, stem_size) || known_by(kUndoubled, stem_size);
}

bool KrovetzStemmer::known_by(const KrovetzChange& change, size_t stem_size) {
  if (change.doubled == Doubled::kBecomesSingle && !ends_in_doubled_consonant(stem_size - change.cut)) return false;
  entry_ = dictionary_.find(candidate(change, stem_size));
  if (entry_ != nullptr) make(change, stem_size);
  return entry_ != nullptr;
}

void KrovetzStemmer::make(const KrovetzChange& change, size_t stem_size) {
  size_ = candidate(change, stem_size).copy(letters_.data(), letters_.size());
}

std::string_view KrovetzStemmer::candidate(const KrovetzChange& change, size_t stem_size) {
  const size_t kept = stem_size - change.cut - (change.doubled == Doubled::kBecomesSingle ? 1 : 0);
  word().copy(candidate_.data(), kept);
  return {candidate_.data(), kept + change.add.copy(candidate_.data() + kept, change.add.size())};
}

bool KrovetzStemmer::fits(const KrovetzRule& rule) const {
  if (size_ < rule.ending.size() + rule.shortest_stem || !word().ends_with(rule.ending)) return false;
  return word().substr(0, size_ - rule.ending.size()).ends_with(rule.stem_end);
}

bool KrovetzStemmer::has_verb_ending(std::string_view ending) const {
  constexpr size_t kShortestStem = 3;
  return size_ >= ending.size() + kShortestStem && word().ends_with(ending) && has_vowel(size_ - ending.size());
}

bool KrovetzStemmer::is_consonant(size_t place) const {
  if (letters_[place] == 'y') return place == 0 || !is_consonant(place - 1);
  return std::string_view("aeiou").find(letters_[place]) == std::string_view::npos;
}

bool KrovetzStemmer::ends_in_doubled_consonant(size_t stem_size) const {
  return stem_size > 1 && letters_[stem_size - 1] == letters_[stem_size - 2] && is_consonant(stem_size - 1);
}

bool KrovetzStemmer::has_vowel(size_t stem_size) const {
  for (size_t place = 0; place < stem_size; ++place) {
    if (!is_consonant(place)) return true;
  }
  return false;
}

}  // namespace selene::index
