#pragma once

#include <array>
#include <string_view>

#include "index/analysis/stemmers/krovetz_dictionary.h"
#include "index/analysis/stemmers/krovetz_rules.h"

namespace selene::index {

/// Takes inflections and derivations off English words as far as what is left is a word of a dictionary, and gives that:
/// "operators" is "operator", "abilities" is "ability"; "italian" has the headword "italy". Source: Robert Krovetz, "Viewing
/// Morphology as an Inference Process", SIGIR 1993; the same stems as Lucene's KStemFilter. One thread at a time; making one is
/// cheap.
class KrovetzStemmer {
 public:
  KrovetzStemmer() : dictionary_(KrovetzDictionary::get()) {}
  /// Words shorter than 3 letters or longer than 49, and those with anything but a to z stay as they are. What it gives is valid
  /// until the next call and as long as `word` is.
  std::string_view stem(std::string_view word);

 private:
  static constexpr size_t kShortestWord = 3;
  static constexpr size_t kLongestWord = 49;
  static constexpr size_t kMostAdded = 2;  ///< letters by which a step makes a word longer: "ic" to "ical"
  using Letters = std::array<char, kLongestWord + kMostAdded>;

  // A step gives whether it led to a known word.
  bool apply(KrovetzStep step);
  bool past_tense();
  bool aspect();

  /// Whether the verb to a stem is known: with an e, as it is, or with one consonant less.
  bool known_verb(size_t stem_size);
  bool known_by(const KrovetzChange& change, size_t stem_size);
  void make(const KrovetzChange& change, size_t stem_size);
  /// Fills candidate_.
  std::string_view candidate(const KrovetzChange& change, size_t stem_size);
  bool fits(const KrovetzRule& rule) const;
  bool has_verb_ending(std::string_view ending) const;
  std::string_view word() const { return {letters_.data(), size_}; }
  /// Of the letter at `place`. A y is one at the start and behind a vowel.
  bool is_consonant(size_t place) const;
  bool ends_in_doubled_consonant(size_t stem_size) const;
  bool has_vowel(size_t stem_size) const;

  const KrovetzDictionary& dictionary_;
  Letters letters_;    ///< the word, as far as the steps have changed it
  Letters candidate_;  ///< what it may become
  size_t size_ = 0;
  const KrovetzDictionary::Entry* entry_ = nullptr;  ///< of the word, once it is known
};

}  // namespace selene::index
