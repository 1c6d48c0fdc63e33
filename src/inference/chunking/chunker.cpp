#include "inference/chunking/chunker.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/unicode.h"
#include "inference/chunking/windows.h"

namespace selene::inference {
namespace {

using Separators = std::span<const std::shared_ptr<const base::Regex>>;

/// Parts of a text that begin with a match of the separator; the first begins with the text.
std::vector<ByteSpan> split_before(const base::Regex& separator, std::string_view text, ByteSpan whole) {
  std::vector<ByteSpan> parts;
  size_t begin = whole.begin;
  separator.for_each(text.substr(whole.begin, whole.end - whole.begin), [&](const std::vector<base::Regex::Span>& groups) {
    const size_t at = whole.begin + groups[0].begin;
    if (at <= begin) return;
    parts.push_back({begin, at});
    begin = at;
  });
  parts.push_back({begin, whole.end});
  return parts;
}

/// Neighbours joined while they hold at most `size` words together.
std::vector<ByteSpan> join_neighbours(const std::vector<ByteSpan>& parts, const WordIndex& words, size_t size) {
  std::vector<ByteSpan> joined;
  for (const ByteSpan part : parts) {
    if (!joined.empty() && words.count({joined.back().begin, part.end}) <= size) {
      joined.back().end = part.end;
    } else {
      joined.push_back(part);
    }
  }
  return joined;
}

void split_recursively(std::string_view text, const WordIndex& words, ByteSpan part, size_t size, Separators separators,
                       std::vector<ByteSpan>& chunks) {
  if (words.count(part) <= size) {
    chunks.push_back(part);
    return;
  }
  if (separators.empty()) {
    const std::vector<ByteSpan> sentences = sentence_windows(text, words, part, size, 0);
    chunks.insert(chunks.end(), sentences.begin(), sentences.end());
    return;
  }
  for (const ByteSpan piece : join_neighbours(split_before(*separators.front(), text, part), words, size))
    split_recursively(text, words, piece, size, separators.subspan(1), chunks);
}

std::vector<Chunk> with_offsets(std::string_view text, const std::vector<ByteSpan>& spans) {
  std::vector<Chunk> chunks;
  size_t last_begin = 0;
  int64_t last_start = 0;
  for (const ByteSpan span : spans) {
    // Begins ascend: counted from the last one, which costs each chunk its own length.
    const int64_t start = last_start + static_cast<int64_t>(base::utf16_length(text.substr(last_begin, span.begin - last_begin)));
    chunks.push_back(
        {span, start, start + static_cast<int64_t>(base::utf16_length(text.substr(span.begin, span.end - span.begin)))});
    last_begin = span.begin;
    last_start = start;
  }
  return chunks;
}

}  // namespace

base::Result<Chunker> Chunker::create(ChunkingSettings settings) {
  Chunker chunker(std::move(settings));
  for (const std::string& separator : chunker.settings_.separators) {
    ASSIGN_OR_RETURN(auto regex, base::Regex::compile(separator, "MULTILINE"));
    chunker.separators_.push_back(std::move(regex));
  }
  return chunker;
}

std::vector<Chunk> Chunker::chunk(std::string_view text) const {
  const ByteSpan whole{0, text.size()};
  if (settings_.strategy == ChunkingStrategy::kNone) return with_offsets(text, {whole});
  const WordIndex words(text);
  const auto size = static_cast<size_t>(std::max(settings_.max_chunk_size, 1));
  const auto overlap = static_cast<size_t>(std::clamp(settings_.overlap, 0, settings_.max_chunk_size / 2));
  std::vector<ByteSpan> spans;
  switch (settings_.strategy) {
    case ChunkingStrategy::kWord: spans = word_windows(words, whole, size, overlap); break;
    case ChunkingStrategy::kRecursive: split_recursively(text, words, whole, size, separators_, spans); break;
    default: spans = sentence_windows(text, words, whole, size, overlap);
  }
  return with_offsets(text, spans);
}

}  // namespace selene::inference
