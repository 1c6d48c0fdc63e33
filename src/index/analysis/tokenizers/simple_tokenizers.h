#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "index/analysis/tokenizer.h"

namespace selene::index {

/// Runs of code points that belong to a token; a run longer than `max_token_length` code points' UTF-16 units is cut.
class CharRunTokenizer : public Tokenizer {
 public:
  explicit CharRunTokenizer(uint32_t max_token_length) : max_token_length_(max_token_length) {}
  void tokenize(std::string_view text, TokenBuffer& tokens) const final;

 private:
  virtual bool is_token_char(char32_t c) const = 0;
  uint32_t max_token_length_;
};

/// Runs without whitespace (Java's Character.isWhitespace).
class WhitespaceTokenizer final : public CharRunTokenizer {
 public:
  explicit WhitespaceTokenizer(uint32_t max_token_length = 255) : CharRunTokenizer(max_token_length) {}

 private:
  bool is_token_char(char32_t c) const override;
};

/// Runs of letters (general category L*).
class LetterTokenizer final : public CharRunTokenizer {
 public:
  LetterTokenizer() : CharRunTokenizer(255) {}

 private:
  bool is_token_char(char32_t c) const override;
};

/// Cuts at given characters and classes: whitespace, letter, digit, punctuation, symbol, "-", "\\n".
class CharGroupTokenizer final : public CharRunTokenizer {
 public:
  struct Cuts {
    bool whitespace = false, letter = false, digit = false, punctuation = false, symbol = false;
    std::u32string characters;
  };
  CharGroupTokenizer(Cuts cuts, uint32_t max_token_length) : CharRunTokenizer(max_token_length), cuts_(std::move(cuts)) {}

 private:
  bool is_token_char(char32_t c) const override;
  Cuts cuts_;
};

/// The whole text as one token, even an empty one.
class KeywordTokenizer final : public Tokenizer {
 public:
  void tokenize(std::string_view text, TokenBuffer& tokens) const override;
};

/// Java's Character.isWhitespace: Unicode spaces without the no-break ones, and the ASCII controls that separate.
bool is_java_whitespace(char32_t c);

}  // namespace selene::index
