#pragma once

#include <cstdint>

#include "index/analysis/tokenizer.h"
#include "index/analysis/tokenizers/standard_tokenizer.h"

namespace selene::index {

/// Lucene's UAX29URLEmailTokenizer: words as of StandardTokenizer, URLs and mail addresses whole. A token longer than
/// `max_token_length` UTF-16 units is cut there, a URL or mail address (ours, so that no text takes quadratic time) at
/// kMaxAddressLength too.
class UaxUrlEmailTokenizer final : public Tokenizer {
 public:
  static constexpr uint32_t kMaxAddressLength = 4096;
  explicit UaxUrlEmailTokenizer(uint32_t max_token_length = StandardTokenizer::kMaxTokenLength)
      : max_token_length_(max_token_length) {}
  void tokenize(std::string_view text, TokenBuffer& tokens) const override;

 private:
  uint32_t max_token_length_;
};

}  // namespace selene::index
