#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "models/tokenizers/text_piece.h"
#include "models/tokenizers/utf8.h"

namespace selene::models {

/// What ASCII characters become where each becomes one: a normalizer's short way. Immutable after the sets, thread-safe.
class AsciiMap {
 public:
  /// REQUIRES: both ASCII, `to` not NUL.
  void set(uint8_t from, uint8_t to) { to_[from] = to; }
  /// Whether it leaves a text as it is, because that is ASCII and each character stands for itself. NUL is not looked at.
  bool leaves(std::string_view text) const { return is_identity() && is_ascii(text) && text.find('\0') == std::string_view::npos; }
  bool knows(char c) const { return to_[static_cast<uint8_t>(c)] != 0; }

  /// Appends what the characters from `begin` on become, up to the first one that is not known; gives where that stands.
  size_t append_run(const TextPiece& piece, size_t begin, NormalizedText& out) const {
    size_t end = begin;
    while (end < piece.text.size() && knows(piece.text[end])) ++end;
    const size_t size = out.text.size();
    out.append_part(piece, begin, end);
    for (size_t i = size; i < out.text.size(); ++i) out.text[i] = static_cast<char>(to_[static_cast<uint8_t>(out.text[i])]);
    return end;
  }

 private:
  bool is_identity() const {
    for (uint8_t c = 1; c < 0x80; ++c) {
      if (to_[c] != c) return false;
    }
    return true;
  }

  std::array<uint8_t, 256> to_{};  // 0: not known
};

}  // namespace selene::models
