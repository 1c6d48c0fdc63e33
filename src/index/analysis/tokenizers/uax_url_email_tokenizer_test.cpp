#include "index/analysis/tokenizers/uax_url_email_tokenizer.h"

#include <gtest/gtest.h>

#include <string>

namespace selene::index {
namespace {

/// Characters of the first token of `text`.
size_t first_length(const std::string& text, uint32_t max_token_length) {
  TokenBuffer tokens;
  UaxUrlEmailTokenizer(max_token_length).tokenize(text, tokens);
  return tokens.tokens().empty() ? 0 : tokens.term(tokens.tokens().front()).size();
}

TEST(UaxUrlEmailTokenizerTest, AddressesAreCutAtTheirOwnLimitHoweverLongTokensMayBe) {
  constexpr uint32_t kLongest = 1 << 20;
  constexpr size_t kLimit = UaxUrlEmailTokenizer::kMaxAddressLength;
  const std::string path(2 * kLimit, 'x');
  EXPECT_EQ(first_length("http://a.org/" + path.substr(0, 100), kLongest), 113U);
  EXPECT_EQ(first_length("http://a.org/" + path, kLongest), kLimit);
  EXPECT_EQ(first_length("http://a.org/" + path, 255), 255U);
  EXPECT_EQ(first_length(path, kLongest), path.size()) << "words have no such limit";
}

}  // namespace
}  // namespace selene::index
