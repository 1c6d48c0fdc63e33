#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace selene::index {

inline constexpr char32_t kReplacementCharacter = 0xFFFD;

/// The code point at `pos`, which moves behind it. An ill-formed sequence reads as U+FFFD and is skipped by its
/// maximal well-formed prefix (at least one byte), as the Unicode standard recommends.  REQUIRES: pos < text.size().
inline char32_t decode_utf8(std::string_view text, size_t& pos) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(pos++);
  if (lead < 0x80) return lead;
  if (lead < 0xC2 || lead > 0xF4) return kReplacementCharacter;
  const int num_trail = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
  uint8_t low = 0x80;
  uint8_t high = 0xBF;
  if (lead == 0xE0) low = 0xA0;
  if (lead == 0xED) high = 0x9F;
  if (lead == 0xF0) low = 0x90;
  if (lead == 0xF4) high = 0x8F;
  char32_t c = lead & (0x3F >> num_trail);
  for (int i = 0; i < num_trail; ++i) {
    if (pos >= text.size() || byte(pos) < low || byte(pos) > high) return kReplacementCharacter;
    c = (c << 6) | (byte(pos++) & 0x3F);
    low = 0x80;
    high = 0xBF;
  }
  return c;
}

inline void append_utf8(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

/// UTF-16 code units of one code point.
inline uint32_t utf16_units(char32_t c) { return c < 0x10000 ? 1 : 2; }

inline bool is_ascii(std::string_view text) {
  unsigned char all = 0;
  for (const char c : text) all = static_cast<unsigned char>(all | static_cast<unsigned char>(c));
  return all < 0x80;
}

/// UTF-16 code units of a text; ill-formed sequences count as U+FFFD.
inline uint32_t utf16_length(std::string_view text) {
  uint32_t length = 0;
  for (size_t pos = 0; pos < text.size();) length += utf16_units(decode_utf8(text, pos));
  return length;
}

/// Whether every sequence is well-formed.
inline bool is_valid_utf8(std::string_view text) {
  if (is_ascii(text)) return true;
  for (size_t pos = 0; pos < text.size();) {
    const size_t begin = pos;
    if (decode_utf8(text, pos) == kReplacementCharacter && text.substr(begin, pos - begin) != "\xEF\xBF\xBD") return false;
  }
  return true;
}

/// `text` with every ill-formed sequence replaced by U+FFFD.
inline std::string to_valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t pos = 0; pos < text.size();) append_utf8(out, decode_utf8(text, pos));
  return out;
}

}  // namespace selene::index
