#include "base/unicode.h"

#include <algorithm>
#include <cstring>

namespace selene::base {
namespace {

/// How many of the bytes at text[pos] are well-formed so far, and how many the lead byte announces (0: no lead byte).
struct Sequence {
  size_t wanted;
  size_t good;
};

Sequence look_at(std::string_view text, size_t pos) {
  const auto lead = static_cast<uint8_t>(text[pos]);
  if (lead < 0x80) return {1, 1};
  if (lead < 0xC2 || lead > 0xF4) return {0, 1};
  const size_t wanted = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  // Table 3-7 of the Unicode Standard: only the second byte's range depends on the lead.
  uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  size_t good = 1;
  while (good < wanted && pos + good < text.size()) {
    const auto byte = static_cast<uint8_t>(text[pos + good]);
    if (byte < low || byte > high) break;
    low = 0x80;
    high = 0xBF;
    ++good;
  }
  return {wanted, good};
}

}  // namespace

size_t utf8_sequence_length(std::string_view text, size_t pos) {
  const Sequence sequence = look_at(text, pos);
  return sequence.good == sequence.wanted ? sequence.good : 0;
}

char32_t decode_utf8(std::string_view text, size_t& pos) {
  const Sequence sequence = look_at(text, pos);
  const size_t begin = pos;
  pos += sequence.good;
  if (sequence.good != sequence.wanted) return kReplacementCharacter;
  const auto lead = static_cast<uint8_t>(text[begin]);
  if (sequence.wanted == 1) return lead;
  char32_t point = lead & (0x7FU >> sequence.wanted);
  for (size_t i = 1; i < sequence.wanted; ++i) point = (point << 6) | (static_cast<uint8_t>(text[begin + i]) & 0x3FU);
  return point;
}

void append_utf8(std::string& out, char32_t point) {
  if (point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) point = kReplacementCharacter;
  const auto add = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (point < 0x80) return add(point);
  if (point < 0x800) {
    add(0xC0 | (point >> 6));
  } else {
    if (point < 0x10000) {
      add(0xE0 | (point >> 12));
    } else {
      add(0xF0 | (point >> 18));
      add(0x80 | ((point >> 12) & 0x3F));
    }
    add(0x80 | ((point >> 6) & 0x3F));
  }
  add(0x80 | (point & 0x3F));
}

bool is_ascii(std::string_view text) {
  constexpr uint64_t kHighBits = 0x8080808080808080ULL;
  size_t i = 0;
  for (; i + sizeof(uint64_t) <= text.size(); i += sizeof(uint64_t)) {
    uint64_t word;
    std::memcpy(&word, text.data() + i, sizeof word);
    if ((word & kHighBits) != 0) return false;
  }
  return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(i), text.end(),
                     [](char c) { return static_cast<uint8_t>(c) < 0x80; });
}

bool is_valid_utf8(std::string_view text) {
  if (is_ascii(text)) return true;
  for (size_t pos = 0; pos < text.size();) {
    const size_t length = utf8_sequence_length(text, pos);
    if (length == 0) return false;
    pos += length;
  }
  return true;
}

std::string repair_utf8(std::string_view text) {
  if (is_valid_utf8(text)) return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (size_t pos = 0; pos < text.size();) append_utf8(out, decode_utf8(text, pos));
  return out;
}

size_t utf16_length(std::string_view text) {
  if (is_ascii(text)) return text.size();
  size_t length = 0;
  for (size_t pos = 0; pos < text.size();) length += decode_utf8(text, pos) < 0x10000 ? 1 : 2;
  return length;
}

std::string_view utf8_prefix(std::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  // A sequence has at most three bytes behind its lead.
  for (size_t back = 1; back <= 3 && back <= max_bytes; ++back) {
    const size_t begin = max_bytes - back;
    const size_t length = utf8_sequence_length(text, begin);
    if (length > back) return text.substr(0, begin);
    if (length != 0) break;
  }
  return text.substr(0, max_bytes);
}

}  // namespace selene::base
