#include "rest/utf8_check.h"

#include <cstddef>
#include <cstdint>

namespace selene::rest {

namespace {

/// Bytes of the sequence that `lead` starts and the smallest code point it may hold; 0 bytes: no lead.
struct Lead {
  size_t length;
  uint32_t bits;
  uint32_t smallest;
};

Lead decode_lead(uint8_t lead) {
  if (lead < 0x80) return {1, lead, 0};
  if (lead >= 0xC2 && lead < 0xE0) return {2, lead & 0x1Fu, 0x80};
  if (lead >= 0xE0 && lead < 0xF0) return {3, lead & 0x0Fu, 0x800};
  if (lead >= 0xF0 && lead < 0xF5) return {4, lead & 0x07u, 0x10000};
  return {0, 0, 0};
}

}  // namespace

bool is_valid_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const Lead lead = decode_lead(static_cast<uint8_t>(text[i]));
    if (lead.length == 0 || lead.length > text.size() - i) return false;
    uint32_t code = lead.bits;
    for (size_t k = 1; k < lead.length; ++k) {
      const auto byte = static_cast<uint8_t>(text[i + k]);
      if ((byte & 0xC0) != 0x80) return false;
      code = (code << 6) | (byte & 0x3Fu);
    }
    if (code < lead.smallest || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
    i += lead.length;
  }
  return true;
}

}  // namespace selene::rest
