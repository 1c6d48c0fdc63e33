#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace selene::index {

/// Of a word that ends in `ending` and has `shortest_stem` units before it, the ending becomes `by`.
struct RslpRule {
  std::u16string_view ending;
  size_t shortest_stem;
  std::u16string_view by = {};
  std::u16string_view exceptions = {};  ///< separated by blanks
};

/// The first rule that fits is applied to words of `shortest_word` units or more that end in one of `conditions` (separated by
/// blanks; empty: any).
struct RslpStep {
  enum class Exceptions : uint8_t { kWords, kEndings };
  std::span<const RslpRule> rules;
  size_t shortest_word;
  Exceptions exceptions;
  std::u16string_view conditions;
};

extern const RslpStep kGalicianPlural;
extern const RslpStep kGalicianUnification;
extern const RslpStep kGalicianAdverb;
extern const RslpStep kGalicianAugmentative;
extern const RslpStep kGalicianNoun;
extern const RslpStep kGalicianVerb;
extern const RslpStep kGalicianVowel;
extern const RslpStep kPortuguesePlural;
extern const RslpStep kPortugueseAdverb;
extern const RslpStep kPortugueseFeminine;
extern const RslpStep kPortugueseAugmentative;
extern const RslpStep kPortugueseNoun;
extern const RslpStep kPortugueseVerb;
extern const RslpStep kPortugueseVowel;

}  // namespace selene::index
