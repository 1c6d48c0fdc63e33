#pragma once

#include <vector>

#include "inference/chunking/text_segments.h"

namespace selene::inference {

/// Windows of `size` words over the part of the text, each `overlap` words behind the end of the one before. They cover the part;
/// one that holds no more than `size` words is one window.  REQUIRES: overlap < size.
std::vector<ByteSpan> word_windows(const WordIndex& words, ByteSpan part, size_t size, size_t overlap);

/// The part of the text as chunks of whole sentences, at most `size` words each, `overlap` (0 or 1) sentences in common: the rules
/// of Chunker. `text`: the whole one, of which `words` were found.
std::vector<ByteSpan> sentence_windows(std::string_view text, const WordIndex& words, ByteSpan part, size_t size, size_t overlap);

}  // namespace selene::inference
