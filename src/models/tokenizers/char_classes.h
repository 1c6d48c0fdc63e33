#pragma once

#include <array>
#include <cstdint>

namespace selene::models {

/// Classes of code points, as Hugging Face `tokenizers` sees them. One byte a code point in blocks of 256 that are made when first
/// met; blocks are shared by all tokenizers. Thread-safe.
enum CharClassBit : uint8_t {
  kLetterClass = 1,    ///< \p{L}
  kNumberClass = 2,    ///< \p{N}
  kBlankClass = 4,     ///< \s
  kNewlineClass = 8,   ///< CR, LF
  kWordClass = 16,     ///< \w
  kNumericClass = 32,  ///< what Digits cuts at
  kMarkClass = 64,     ///< what StripAccents takes away
  kExtendClass = 128,  ///< goes with the character before it in a grapheme cluster
};

inline constexpr std::array<uint8_t, 128> kAsciiClasses = [] {
  std::array<uint8_t, 128> classes{};
  for (uint8_t c = 0; c < 128; ++c) {
    const bool is_newline = c == '\r' || c == '\n';
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) classes[c] = kLetterClass | kWordClass;
    if (c >= '0' && c <= '9') classes[c] = kNumberClass | kWordClass | kNumericClass;
    if (c == '_') classes[c] = kWordClass;
    if (c == ' ' || (c >= '\t' && c <= '\r')) classes[c] = kBlankClass;
    if (is_newline) classes[c] |= kNewlineClass;
  }
  return classes;
}();

uint8_t other_char_classes(char32_t c);
inline uint8_t char_classes(char32_t c) { return c < kAsciiClasses.size() ? kAsciiClasses[c] : other_char_classes(c); }

}  // namespace selene::models
