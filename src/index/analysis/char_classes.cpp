#include "index/analysis/char_classes.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <array>
#include <atomic>
#include <memory>

namespace selene::index {
namespace {

constexpr uint32_t kPageBits = 8;
constexpr size_t kPageSize = size_t{1} << kPageBits;
constexpr size_t kNumPages = 0x110000 >> kPageBits;
using Page = std::array<CharClass, kPageSize>;

bool is_full_width_digit(char32_t c) { return c >= 0xFF10 && c <= 0xFF19; }

/// Lucene's grammar is fixed to Unicode 9: what is younger is in no class (emoji apart).
bool in_unicode_9(UChar32 c) {
  UVersionInfo age;
  u_charAge(c, age);
  return age[0] != 0 && age[0] <= 9;
}

WordBreak word_break_of(UChar32 c) {
  if (is_full_width_digit(static_cast<char32_t>(c))) return WordBreak::kNumeric;
  // Extend since Unicode 11; a class of its own before.
  if (u_hasBinaryProperty(c, UCHAR_EMOJI_MODIFIER)) return WordBreak::kOther;
  switch (u_getIntPropertyValue(c, UCHAR_WORD_BREAK)) {
    case U_WB_ALETTER: return WordBreak::kALetter;
    case U_WB_HEBREW_LETTER: return WordBreak::kHebrewLetter;
    case U_WB_NUMERIC: return WordBreak::kNumeric;
    case U_WB_KATAKANA: return WordBreak::kKatakana;
    case U_WB_EXTENDNUMLET: return WordBreak::kExtendNumLet;
    case U_WB_MIDLETTER: return WordBreak::kMidLetter;
    case U_WB_MIDNUM: return WordBreak::kMidNum;
    case U_WB_MIDNUMLET: return WordBreak::kMidNumLet;
    case U_WB_SINGLE_QUOTE: return WordBreak::kSingleQuote;
    case U_WB_DOUBLE_QUOTE: return WordBreak::kDoubleQuote;
    case U_WB_EXTEND:
    case U_WB_FORMAT:
    case U_WB_ZWJ: return WordBreak::kExtend;
    case U_WB_REGIONAL_INDICATOR: return WordBreak::kRegionalIndicator;
    default: return WordBreak::kOther;
  }
}

uint16_t script_flags(UChar32 c, WordBreak word_break) {
  UErrorCode error = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(c, &error);
  uint16_t flags = 0;
  if (script == USCRIPT_HANGUL && word_break == WordBreak::kALetter) flags |= CharClass::kHangul;
  if (script == USCRIPT_HAN) flags |= CharClass::kHan;
  if (script == USCRIPT_HIRAGANA) flags |= CharClass::kHiragana;
  if (u_getIntPropertyValue(c, UCHAR_LINE_BREAK) == U_LB_COMPLEX_CONTEXT) flags |= CharClass::kComplexContext;
  return flags;
}

uint16_t emoji_flags(UChar32 c, WordBreak word_break) {
  uint16_t flags = 0;
  const bool keycap_base = (c >= '0' && c <= '9') || c == '#' || c == '*';
  const bool modifier = u_hasBinaryProperty(c, UCHAR_EMOJI_MODIFIER) != 0;
  const bool plain_emoji =
      u_hasBinaryProperty(c, UCHAR_EMOJI) && !keycap_base && !modifier && word_break != WordBreak::kRegionalIndicator;
  if (keycap_base) flags |= CharClass::kKeycapBase;
  if (modifier) flags |= CharClass::kEmojiModifier;
  if (plain_emoji || u_hasBinaryProperty(c, UCHAR_EXTENDED_PICTOGRAPHIC)) flags |= CharClass::kEmoji;
  if (u_hasBinaryProperty(c, UCHAR_EMOJI_MODIFIER_BASE)) flags |= CharClass::kEmojiModifierBase;
  if (c == 0x200D) flags |= CharClass::kZwj;
  return flags;
}

CharClass compute(UChar32 c) {
  const WordBreak word_break = in_unicode_9(c) ? word_break_of(c) : WordBreak::kOther;
  uint16_t bits = static_cast<uint16_t>(word_break);
  if (in_unicode_9(c)) bits |= script_flags(c, word_break);
  bits |= emoji_flags(c, word_break);
  return {bits};
}

std::array<std::atomic<const Page*>, kNumPages> pages;

const Page* make_page(size_t number) {
  auto page = std::make_unique<Page>();
  for (size_t i = 0; i < kPageSize; ++i) (*page)[i] = compute(static_cast<UChar32>((number << kPageBits) + i));
  const Page* expected = nullptr;
  // The page lives as long as the process; a thread that comes second throws its own away.
  if (pages[number].compare_exchange_strong(expected, page.get(), std::memory_order_acq_rel)) return page.release();
  return expected;
}

}  // namespace

CharClass char_class(char32_t c) {
  const size_t number = static_cast<size_t>(c) >> kPageBits;
  if (number >= kNumPages) return {};
  const Page* page = pages[number].load(std::memory_order_acquire);
  if (page == nullptr) page = make_page(number);
  return (*page)[c & (kPageSize - 1)];
}

}  // namespace selene::index
