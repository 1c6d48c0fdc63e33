#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/tokenizers/text_piece.h"

namespace selene::models {

/// The patterns that published byte-level tokenizers cut texts with, matched by hand: no regular expression of a model file is run.
struct SplitPattern {
  enum class Family : uint8_t {
    kGpt2,    ///< contractions, ` ?\p{L}+`, ` ?\p{N}+`, ` ?` + others, blanks
    kCl100k,  ///< contractions in any case, letters with one other character before them, numbers, others with newlines, blanks
  };
  Family family = Family::kGpt2;
  size_t max_digits = 0;  ///< of kCl100k: numbers of at most so many characters; 0: any

  /// Nothing for a pattern that is not known.
  static std::optional<SplitPattern> parse(std::string_view regex);
  static std::string supported();
  /// One past the piece that starts at `begin`. The pieces cover every text.  REQUIRES: begin < text.size(), well-formed UTF-8.
  size_t piece_end(std::string_view text, size_t begin) const;
  /// Appends all pieces, those of ASCII characters many at a time.  REQUIRES: well-formed UTF-8; kTextPadding bytes can be read
  /// behind it.
  void split(const TextPiece& piece, std::vector<TextPiece>& out) const;
};

}  // namespace selene::models
