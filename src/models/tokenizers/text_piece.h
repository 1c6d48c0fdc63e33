#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/tokenizers/token_sink.h"

namespace selene::models {

/// Bytes that can be read behind the texts that pre-tokenizers cut, so that words are read in blocks.
inline constexpr size_t kTextPadding = 64;

/// A stretch of text on its way to tokens and where its bytes come from. A view: valid as long as what it was made from.
struct TextPiece {
  std::string_view text;
  uint32_t base = 0;                  ///< where `text` begins in the input, if `origin` is null
  const ByteRange* origin = nullptr;  ///< for each byte of `text`: the input bytes it came from

  /// The input bytes of text[begin, end), widened to whole characters.  REQUIRES: begin < end.
  ByteRange range(size_t begin, size_t end) const {
    if (origin != nullptr) return {origin[begin].first, origin[end - 1].second};
    while (begin > 0 && continues(begin)) --begin;
    while (end < text.size() && continues(end)) ++end;
    return {base + static_cast<uint32_t>(begin), base + static_cast<uint32_t>(end)};
  }
  /// The same of one byte, quickly for ASCII.
  ByteRange byte_range(size_t i) const {
    const bool is_plain = origin == nullptr && static_cast<uint8_t>(text[i]) < 0x80;
    if (!is_plain) return range(i, i + 1);
    const uint32_t begin = base + static_cast<uint32_t>(i);
    return {begin, begin + 1};
  }
  /// Whether the text begins where the input begins.
  bool is_first() const { return !text.empty() && range(0, 1).first == 0; }
  TextPiece slice(size_t begin, size_t end) const {
    return {text.substr(begin, end - begin), base + static_cast<uint32_t>(begin), origin == nullptr ? nullptr : origin + begin};
  }

  /// Whether the byte is none that a character begins with.
  bool continues(size_t i) const { return (static_cast<uint8_t>(text[i]) & 0xC0) == 0x80; }
};

/// Text that a normalizer wrote, with the origin of each byte if somebody asked for offsets.
struct NormalizedText {
  std::string text = {};
  std::vector<ByteRange> origin = {};  ///< same length as text, or empty
  bool keeps_origin = false;

  TextPiece piece() const { return {text, 0, keeps_origin ? origin.data() : nullptr}; }
  /// Appends bytes that all come from `from`.
  void append(std::string_view bytes, ByteRange from) {
    text += bytes;
    if (keeps_origin) origin.insert(origin.end(), bytes.size(), from);
  }
  /// Appends text[begin, end) of a piece as it is.
  void append_part(const TextPiece& piece, size_t begin, size_t end) {
    text += piece.text.substr(begin, end - begin);
    if (!keeps_origin) return;
    if (piece.origin != nullptr) {
      origin.insert(origin.end(), piece.origin + begin, piece.origin + end);
      return;
    }
    const size_t before = origin.size();
    origin.resize(before + end - begin);
    ByteRange* to = origin.data() + before;
    for (size_t i = begin; i < end; ++i) *to++ = piece.byte_range(i);
  }
};

}  // namespace selene::models
