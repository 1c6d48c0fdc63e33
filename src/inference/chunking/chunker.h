#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/regex.h"
#include "base/result.h"
#include "inference/chunking/chunking_settings.h"
#include "inference/chunking/text_segments.h"

namespace selene::inference {

/// A part of a text.
struct Chunk {
  ByteSpan bytes;
  int64_t start_offset = 0;  ///< UTF-16 code units of the text, as Elasticsearch counts characters: [start_offset, end_offset)
  int64_t end_offset = 0;
};

/// Cuts texts into chunks of at most `max_chunk_size` words (see find_words):
///
///   word       windows of max_chunk_size words, each `overlap` words behind the end of the one before; cut behind a word and what
///              clings to it, so that a chunk but the first begins with the blank before its first word
///   sentence   sentences are joined while they fit. With overlap 1 a chunk begins with the last sentence of the one before that
///   has
///              words; if the two sentences do not fit, with its last (max_chunk_size - 1) / 2 words. A sentence that is too long
///              is cut by words (with overlap 1: windows that overlap by as many words), and its last part is joined with what
///              follows
///   recursive  cut before each match of the first separator, neighbours joined while they fit; what is still too long is cut by
///              the next separator, in the end by sentences without overlap
///   none       one chunk
///
/// Chunks are ascending and cover the text: the first begins with it, each begins at or before the end of the one before, the last
/// ends with it; blanks are kept. A text without words, even an empty one, is one chunk. Immutable, thread-safe.
class Chunker {
 public:
  /// Errors: kIllegalArgument (a separator that is no regular expression).
  static base::Result<Chunker> create(ChunkingSettings settings);
  /// Linear in the text, for `recursive` in text times separators. Ill-formed UTF-8 is cut as U+FFFD would be.
  std::vector<Chunk> chunk(std::string_view text) const;

 private:
  explicit Chunker(ChunkingSettings settings) : settings_(std::move(settings)) {}
  ChunkingSettings settings_;
  std::vector<std::shared_ptr<const base::Regex>> separators_;
};

}  // namespace selene::inference
