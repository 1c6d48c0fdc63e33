#pragma once

#include <cstdint>
#include <string>

#include "index/analysis/tokenizer.h"

namespace selene::index {

/// Which code points belong to tokens: classes of characters, or all if none is set.
struct CharClasses {
  bool letter = false, digit = false, whitespace = false, punctuation = false, symbol = false;
  std::u32string custom;
  bool any() const { return letter || digit || whitespace || punctuation || symbol || !custom.empty(); }
  bool contains(char32_t c) const;
};

/// Grams of min to max code points of each run of token characters, each at a position of its own.
class NgramTokenizer final : public Tokenizer {
 public:
  enum class Edges : uint8_t { kAll, kFrontOnly };
  NgramTokenizer(int32_t min_gram, int32_t max_gram, CharClasses token_chars, Edges edges)
      : min_gram_(min_gram), max_gram_(max_gram), token_chars_(std::move(token_chars)), edges_(edges) {}
  void tokenize(std::string_view text, TokenBuffer& tokens) const override;

 private:
  int32_t min_gram_;
  int32_t max_gram_;
  CharClasses token_chars_;
  Edges edges_;
};

}  // namespace selene::index
