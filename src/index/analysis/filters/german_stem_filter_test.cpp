#include "index/analysis/filters/german_stem_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "index/analysis/analysis_test_support.h"

namespace selene::index {
namespace {

using testing::ElementsAre;

TEST(GermanStemFilterTest, StemsEqualThoseOfLucene) {
  std::ifstream golden(std::string(SELENE_SOURCE_DIR) + "/tests/golden/analysis/german.tsv");
  TokenBuffer tokens;
  std::vector<std::string> words, expected;
  for (std::string word, stem; std::getline(golden, word, '\t') && std::getline(golden, stem);) {
    tokens.add(word, static_cast<uint32_t>(words.size()), 0, 0, TokenType::kWord);
    words.push_back(word);
    expected.push_back(stem);
  }
  GermanStemFilter().apply(tokens);
  const std::vector<std::string> stems = terms_of(tokens);
  ASSERT_GT(stems.size(), 1500U);
  for (size_t i = 0; i < stems.size(); ++i) EXPECT_EQ(stems[i], expected[i]) << words[i];
}

TEST(GermanStemFilterTest, ItIsTheStemmerOfGermanByEachName) {
  for (const std::string_view filter :
       {R"({"type":"stemmer","language":"german"})", R"({"type":"stemmer","language":"german2"})",
        R"({"type":"snowball","language":"German"})", R"({"type":"snowball","language":"German2"})"}) {
    EXPECT_THAT(terms_of(run_chain("whitespace", base::format("[{}]", filter), "mueller müller betriebssystem quelle bauen")),
                ElementsAre("mull", "mull", "betriebssystem", "quell", "bau"));
  }
}

TEST(GermanStemFilterTest, KeywordsStay) {
  EXPECT_THAT(
      terms_of(run_chain(
          "whitespace", R"([{"type":"keyword_marker","keywords":["mueller"]},{"type":"stemmer","language":"german"}])", "mueller")),
      ElementsAre("mueller"));
}

}  // namespace
}  // namespace selene::index
