#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace selene::models {

inline constexpr char32_t kReplacementCharacter = 0xFFFD;

inline bool is_ascii(std::string_view text) {
  uint8_t all = 0;
  for (const char c : text) all |= static_cast<uint8_t>(c);  // without a way out, so that compilers take many at once
  return all < 0x80;
}

/// The code point at `pos`, which moves behind it. An ill-formed sequence reads as U+FFFD and is skipped by its maximal
/// well-formed prefix (at least one byte), as Rust's `from_utf8_lossy` and the Unicode standard do.  REQUIRES: pos < text.size().
inline char32_t decode_utf8(std::string_view text, size_t& pos) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(pos++);
  if (lead < 0x80) return lead;
  if (lead < 0xC2 || lead > 0xF4) return kReplacementCharacter;
  const int num_trail = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
  // The second byte's range depends on the lead: no overlong forms, no surrogates, nothing above U+10FFFF.
  uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  char32_t c = lead & (0x3Fu >> num_trail);
  for (int i = 0; i < num_trail; ++i) {
    if (pos >= text.size() || byte(pos) < low || byte(pos) > high) return kReplacementCharacter;
    c = (c << 6) | (byte(pos++) & 0x3Fu);
    low = 0x80;
    high = 0xBF;
  }
  return c;
}

/// Writes the code point's UTF-8 (1 to 4 bytes) to `out`; gives one past the last byte.
inline char* write_utf8(char* out, char32_t c) {
  if (c < 0x80) {
    *out++ = static_cast<char>(c);
    return out;
  }
  if (c < 0x800) {
    *out++ = static_cast<char>(0xC0 | (c >> 6));
  } else {
    if (c < 0x10000) {
      *out++ = static_cast<char>(0xE0 | (c >> 12));
    } else {
      *out++ = static_cast<char>(0xF0 | (c >> 18));
      *out++ = static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    }
    *out++ = static_cast<char>(0x80 | ((c >> 6) & 0x3F));
  }
  *out++ = static_cast<char>(0x80 | (c & 0x3F));
  return out;
}

inline void append_utf8(std::string& out, char32_t c) {
  char bytes[4];
  out.append(bytes, write_utf8(bytes, c));
}

}  // namespace selene::models
