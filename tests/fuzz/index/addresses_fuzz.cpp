// Texts with addresses, through the tokenizer that keeps these whole. Input: the longest token (1 byte), then the text.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "index/analysis/tokenizers/uax_url_email_tokenizer.h"
#include "index/analysis/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size < 1) return 0;
  const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  selene::index::TokenBuffer tokens;
  selene::index::UaxUrlEmailTokenizer(1U + bytes[0]).tokenize(text, tokens);
  uint32_t end = 0;
  uint32_t position = 0;
  for (const auto& token : tokens.tokens()) {
    CHECK(token.start_offset >= end && token.end_offset > token.start_offset);
    CHECK(token.position == position++);
    end = token.end_offset;
  }
  CHECK(end <= selene::index::utf16_length(text));
  CHECK(tokens.num_positions() == position);
  return 0;
}
