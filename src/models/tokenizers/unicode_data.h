#pragma once

#include <cstdint>
#include <span>

namespace selene::models {

struct CodePointRange {
  char32_t first;
  char32_t last;  ///< inclusive
};

struct CodePointRangeValue {
  char32_t first;
  char32_t last;
  uint8_t value;
};

/// What Hugging Face `tokenizers` takes each code point for (its tables are older and newer than any one Unicode version).
/// All tables ascend by code point. Source: the library itself, asked by tools/golden/make_unicode_tables.py.
extern const std::span<const CodePointRange> kCleanedToSpace;     ///< BertNormalizer's clean_text: these become a space
extern const std::span<const CodePointRange> kCleanedAway;        ///< and these vanish
extern const std::span<const CodePointRange> kChineseCharacters;  ///< handle_chinese_chars: a space on each side
extern const std::span<const CodePointRange> kNonspacingMarks;    ///< category Mn: strip_accents takes them away
extern const std::span<const CodePointRange> kWhitespace;         ///< splits words
extern const std::span<const CodePointRange> kPunctuation;        ///< words of their own
extern const std::span<const CodePointRange> kCombiningMarks;     ///< category M: StripAccents takes them away
extern const std::span<const CodePointRange> kWordCharacters;     ///< \w of Whitespace
extern const std::span<const CodePointRange> kNumericCharacters;  ///< what Digits cuts at
extern const std::span<const CodePointRange> kLetters;            ///< \p{L} of Split and ByteLevel
extern const std::span<const CodePointRange> kNumbers;            ///< \p{N}
extern const std::span<const CodePointRange> kBlanks;             ///< \s
extern const std::span<const CodePointRange>
    kClusterExtenders;  ///< goes with the character before it (Grapheme_Extend and the like)
extern const std::span<const CodePointRangeValue> kCombiningClasses;
/// A row behind the other: the code point, how many code points it becomes, those. Lower case is without context (no final sigma).
extern const std::span<const char32_t> kLowercase;
/// The same for canonical decompositions, full depth; Hangul syllables are left out (they follow a rule).
extern const std::span<const char32_t> kDecompositions;

}  // namespace selene::models
