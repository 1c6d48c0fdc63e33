#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace selene::base {

inline constexpr char32_t kReplacementCharacter = 0xFFFD;

/// Bytes of the well-formed UTF-8 sequence at text[pos] (RFC 3629: no surrogates, no overlong forms); 0 if there is none.
/// REQUIRES: pos < text.size().
size_t utf8_sequence_length(std::string_view text, size_t pos);

/// The code point at `pos`, which moves behind it. An ill-formed sequence reads as U+FFFD; `pos` moves past its maximal
/// well-formed prefix, at least one byte (The Unicode Standard, 3.9, U+FFFD substitution).  REQUIRES: pos < text.size().
char32_t decode_utf8(std::string_view text, size_t& pos);

/// Appends the UTF-8 of `point`; of a surrogate or a number over 0x10FFFF, that of U+FFFD.
void append_utf8(std::string& out, char32_t point);

bool is_ascii(std::string_view text);
bool is_valid_utf8(std::string_view text);
/// The text with each ill-formed sequence replaced by U+FFFD.
std::string repair_utf8(std::string_view text);
/// UTF-16 code units of the text: what Java calls its length. Ill-formed sequences count as U+FFFD.
size_t utf16_length(std::string_view text);
/// The longest prefix of at most `max_bytes` bytes that does not cut a well-formed sequence.
std::string_view utf8_prefix(std::string_view text, size_t max_bytes);

}  // namespace selene::base
