#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace selene::models {

/// What 64 bytes of a text are, a bit each, the first one lowest. What is in none of them is another printable ASCII character or
/// DEL.
struct AsciiMasks {
  static constexpr size_t kNumBytes = 64;
  uint64_t letters = 0;
  uint64_t digits = 0;
  uint64_t spaces = 0;  ///< U+0020
  uint64_t apostrophes = 0;
  uint64_t beyond = 0;  ///< no ASCII, or below the space

  friend bool operator==(const AsciiMasks&, const AsciiMasks&) = default;
};

/// Eight bytes at a time in a plain register. Little-endian.  REQUIRES: AsciiMasks::kNumBytes can be read.
inline AsciiMasks portable_ascii_masks(const char* bytes) {
  constexpr uint64_t kEach = 0x0101010101010101ULL;
  AsciiMasks masks;
  for (size_t begin = 0; begin < AsciiMasks::kNumBytes; begin += sizeof(uint64_t)) {
    uint64_t read;
    std::memcpy(&read, bytes + begin, sizeof read);
    const uint64_t ascii = read & kEach * 0x7F;
    const auto is_from = [](uint64_t chars, uint64_t first) { return chars + kEach * (0x80 - first); };
    const auto is_within = [&](uint64_t chars, uint64_t first, uint64_t last) {
      return is_from(chars, first) & ~is_from(chars, last + 1) & ~read;
    };
    // Bit 7 of each byte, side by side.
    const auto bits = [&](uint64_t chars) { return ((chars >> 7 & kEach) * 0x0102040810204080ULL >> 56) << begin; };
    masks.letters |= bits(is_within(ascii | kEach * 0x20, 'a', 'z'));
    masks.digits |= bits(is_within(ascii, '0', '9'));
    masks.spaces |= bits(is_within(ascii, ' ', ' '));
    masks.apostrophes |= bits(is_within(ascii, '\'', '\''));
    masks.beyond |= bits(read | ~is_from(ascii, ' '));
  }
  return masks;
}

#if defined(__SSE2__)
inline AsciiMasks ascii_masks(const char* bytes) {
  AsciiMasks masks;
  for (size_t begin = 0; begin < AsciiMasks::kNumBytes; begin += sizeof(__m128i)) {
    const __m128i read = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + begin));
    const auto each = [](int c) { return _mm_set1_epi8(static_cast<char>(c)); };
    const auto bits = [&](__m128i chars) { return uint64_t{static_cast<uint32_t>(_mm_movemask_epi8(chars))} << begin; };
    // Moved to the end of the signed numbers, where one comparison tells.
    const auto is_within = [&](__m128i chars, int first, int last) {
      return _mm_cmpgt_epi8(_mm_add_epi8(chars, each(0x7F - last)), each(0x7E - (last - first)));
    };
    masks.letters |= bits(is_within(_mm_or_si128(read, each(0x20)), 'a', 'z'));
    masks.digits |= bits(is_within(read, '0', '9'));
    masks.spaces |= bits(_mm_cmpeq_epi8(read, each(' ')));
    masks.apostrophes |= bits(_mm_cmpeq_epi8(read, each('\'')));
    masks.beyond |= bits(_mm_cmplt_epi8(read, each(' ')));
  }
  return masks;
}
#else
inline AsciiMasks ascii_masks(const char* bytes) { return portable_ascii_masks(bytes); }
#endif

}  // namespace selene::models
