#pragma once

#include <cstdint>

#include "index/analysis/tokenizer.h"

namespace selene::index {

/// Lucene's StandardTokenizer: UAX#29 words without dictionaries. A token longer than `max_token_length` UTF-16 units is cut there.
class StandardTokenizer final : public Tokenizer {
 public:
  static constexpr uint32_t kMaxTokenLength = 255;
  explicit StandardTokenizer(uint32_t max_token_length = kMaxTokenLength) : max_token_length_(max_token_length) {}
  void tokenize(std::string_view text, TokenBuffer& tokens) const override;

 private:
  uint32_t max_token_length_;
};

/// The same by the rule engine alone: what the fast path for ASCII must equal.
void tokenize_by_rules(std::string_view text, uint32_t max_token_length, TokenBuffer& tokens);

}  // namespace selene::index
