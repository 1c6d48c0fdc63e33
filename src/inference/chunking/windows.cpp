#include "inference/chunking/windows.h"

#include <algorithm>

namespace selene::inference {
namespace {

/// Where a chunk begins that takes over the end of the sentence `before` when `next` follows.
size_t overlapping_begin(const WordIndex& words, ByteSpan before, ByteSpan next, size_t size) {
  const size_t num_before = words.count(before);
  if (num_before + words.count(next) <= size) return before.begin;
  const size_t taken = (size - 1) / 2;
  if (num_before <= taken) return before.begin;
  if (taken == 0) return next.begin;
  return std::max(before.begin, words[words.lower(before.end) - taken - 1].end);
}

}  // namespace

std::vector<ByteSpan> word_windows(const WordIndex& words, ByteSpan part, size_t size, size_t overlap) {
  std::vector<ByteSpan> windows;
  const size_t last = words.lower(part.end);
  size_t begin = part.begin;
  for (size_t first = words.lower(part.begin); last - first > size; first += size - overlap) {
    windows.push_back({begin, std::min(words[first + size - 1].end, part.end)});
    begin = std::min(words[first + size - overlap - 1].end, part.end);
  }
  windows.push_back({begin, part.end});
  return windows;
}

std::vector<ByteSpan> sentence_windows(std::string_view text, const WordIndex& words, ByteSpan part, size_t size, size_t overlap) {
  std::vector<ByteSpan> chunks;
  ByteSpan open{part.begin, part.begin};
  ByteSpan before = open;  // the last sentence that has words
  for (const ByteSpan in_part : find_sentences(text.substr(part.begin, part.end - part.begin))) {
    const ByteSpan sentence{part.begin + in_part.begin, part.begin + in_part.end};
    const size_t num_words = words.count(sentence);
    if (words.count(open) + num_words <= size) {
      open.end = sentence.end;
    } else {
      size_t begin = open.begin;
      if (words.count(open) > 0) {
        chunks.push_back(open);
        begin = overlap == 0 ? sentence.begin : overlapping_begin(words, before, sentence, size);
      }
      std::vector<ByteSpan> pieces = word_windows(words, {begin, sentence.end}, size, overlap == 0 ? 0 : (size - 1) / 2);
      open = pieces.back();
      chunks.insert(chunks.end(), pieces.begin(), pieces.end() - 1);
    }
    if (num_words > 0) before = sentence;
  }
  chunks.push_back({open.begin, part.end});
  return chunks;
}

}  // namespace selene::inference
