#pragma once

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
uint8_t char_classes(char32_t c);

}  // namespace selene::models
