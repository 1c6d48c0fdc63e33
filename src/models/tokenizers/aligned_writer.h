#pragma once

#include <algorithm>
#include <cstdint>

#include "models/tokenizers/text_piece.h"
#include "models/tokenizers/utf8.h"

namespace selene::models {

/// Writes what becomes of a text character by character, with the origins that Hugging Face `tokenizers` keeps (its
/// `NormalizedString`): each character says how it moves on in the text instead of which part of it it stands for, so a mark that
/// changed places has the origin of the place it came to. One thread; `from` and `out` outlive it.
class AlignedWriter {
 public:
  AlignedWriter(TextPiece from, NormalizedText& out) : from_(from), out_(out) {}

  /// change = 0: stands for the next character of the text; -n: for the next one, and the n behind that one are gone;
  /// 1: is added and has the origin of the character before it.
  void put(char32_t c, int64_t change) {
    char bytes[4];
    const std::string_view written(bytes, static_cast<size_t>(write_utf8(bytes, c) - bytes));
    const size_t at = change > 0 ? std::max<size_t>(pos_, 1) - 1 : pos_;
    out_.append(written, out_.keeps_origin ? range_at(at) : ByteRange());
    for (; change <= 0; ++change) skip();
  }

  /// The next characters of the text up to `end` as they are.  REQUIRES: the text before was put.
  void put_part(size_t end) {
    out_.append_part(from_, pos_, end);
    pos_ = end;
  }
  /// Where in the text the next character stands.
  size_t pos() const { return pos_; }

 private:
  ByteRange range_at(size_t at) const {
    if (from_.text.empty()) return {from_.base, from_.base};
    const size_t begin = std::min(at, from_.text.size() - 1);
    return from_.range(begin, begin + 1);
  }
  void skip() {
    if (pos_ < from_.text.size()) decode_utf8(from_.text, pos_);
  }

  const TextPiece from_;
  NormalizedText& out_;
  size_t pos_ = 0;
};

}  // namespace selene::models
