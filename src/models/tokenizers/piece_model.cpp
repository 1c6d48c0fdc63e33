#include "models/tokenizers/piece_model.h"

#include <algorithm>

namespace selene::models {

void PieceModel::tokenize_words(std::span<NewWord> words, Scratch& scratch) const {
  for (NewWord& word : words) {
    if (!tokenize_word(word.text, scratch, word.tokens)) word.tokens.num_tokens = 0;
  }
}

bool PieceModel::tokenize_word(std::string_view word, Scratch& scratch, WordTokens& out) const {
  // As if each byte were a character, so that the ranges are those of the word's bytes.
  static constexpr std::array<ByteRange, WordTokens::kMaxBytes> each_byte = [] {
    std::array<ByteRange, WordTokens::kMaxBytes> ranges;
    for (uint32_t i = 0; i < ranges.size(); ++i) ranges[i] = {i, i + 1};
    return ranges;
  }();
  scratch.ids_.clear();
  scratch.ranges_.clear();
  TokenSink sink(scratch.ids_, &scratch.ranges_, SIZE_MAX);
  tokenize({word, 0, each_byte.data()}, scratch, sink);
  out.num_tokens = static_cast<uint32_t>(scratch.ids_.size());
  out.ends = 0;
  uint32_t begin = 0;
  for (const auto& [first, end] : scratch.ranges_) {
    if (first != begin || end <= begin) return false;  // bytes of an unknown character share its range: such words are rare
    begin = end;
    out.ends |= 1u << begin;
  }
  std::copy(scratch.ids_.begin(), scratch.ids_.end(), out.ids.begin());
  return true;
}

}  // namespace selene::models
