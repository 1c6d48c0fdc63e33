#pragma once

#include <cstdint>

namespace selene::index {

/// What one code point is to StandardTokenizer: its word-break property (UAX#29) as of Unicode 9, the version of Lucene's grammar,
/// and flags for the rules that need a script, line-break or emoji property.
enum class WordBreak : uint8_t {
  kOther,
  kALetter,
  kHebrewLetter,
  kNumeric,
  kKatakana,
  kExtendNumLet,
  kMidLetter,
  kMidNum,
  kMidNumLet,
  kSingleQuote,
  kDoubleQuote,
  kExtend,  ///< Extend, Format or ZWJ: sticks to what stands before it (WB4)
  kRegionalIndicator,
};

struct CharClass {
  static constexpr uint16_t kHangul = 1 << 4;
  static constexpr uint16_t kHan = 1 << 5;
  static constexpr uint16_t kHiragana = 1 << 6;
  static constexpr uint16_t kComplexContext = 1 << 7;  ///< Line_Break=SA: Thai, Lao, Khmer, Myanmar, ...
  static constexpr uint16_t kEmoji = 1 << 8;           ///< starts an emoji: Extended_Pictographic, or Emoji but no keycap base etc.
  static constexpr uint16_t kEmojiModifier = 1 << 9;
  static constexpr uint16_t kEmojiModifierBase = 1 << 10;
  static constexpr uint16_t kZwj = 1 << 11;
  static constexpr uint16_t kKeycapBase = 1 << 12;  ///< 0-9 # *

  uint16_t bits = 0;
  WordBreak word_break() const { return static_cast<WordBreak>(bits & 0xF); }
  bool has(uint16_t flags) const { return (bits & flags) != 0; }
};

/// Thread-safe. Computed from ICU's property data once per block of 256 code points.
CharClass char_class(char32_t c);

}  // namespace selene::index
