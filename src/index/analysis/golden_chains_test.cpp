// Chains of tests/golden/analysis, as a real node's _analyze gave them.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/json/json_writer.h"
#include "index/analysis/analysis_test_support.h"

namespace selene::index {
namespace {

base::JsonDocument read_golden(std::string_view file) {
  std::ifstream in(std::string(SELENE_SOURCE_DIR) + "/tests/golden/analysis/" + std::string(file));
  std::stringstream text;
  text << in.rdbuf();
  return base::JsonDocument::parse(text.str()).value();
}

std::shared_ptr<const Analyzer> analyzer_for(base::JsonValue chain) {
  if (chain["analyzer"].exists()) return AnalyzerRegistry::create({}).value()->find(chain["analyzer"].as_string());
  base::JsonWriter analysis;
  analysis.begin_object().key("analyzer").begin_object().key("a").value(chain).end_object().end_object();
  const auto json = base::JsonDocument::parse(analysis.text());
  return AnalyzerRegistry::create(json->root(), {10, 10}).value()->find("a");
}

/// Gives how many chains and texts there were.
int32_t expect_tokens_of(std::string_view file) {
  const base::JsonDocument golden = read_golden(file);
  int32_t num_cases = 0;
  for (const base::JsonValue each : golden.root().as_array()) {
    ++num_cases;
    TokenBuffer tokens;
    analyzer_for(each["chain"])->analyze(each["text"].as_string(), tokens);
    base::JsonWriter ours;
    ours.begin_array();
    for (const TokenBuffer::Token& token : tokens.tokens()) {
      ours.begin_array().value(tokens.term(token)).value(int64_t{token.start_offset}).value(int64_t{token.end_offset});
      ours.value(token_type_name(token.type)).value(int64_t{token.position}).value(int64_t{token.position_length}).end_array();
    }
    ours.end_array();
    base::JsonWriter wanted;
    wanted.value(each["tokens"]);
    EXPECT_EQ(ours.text(), wanted.text()) << each["name"].as_string() << ": " << each["text"].as_string();
  }
  return num_cases;
}

TEST(GoldenChainsTest, TokensEqualThoseOfLucene) { EXPECT_GT(expect_tokens_of("chains.json"), 400); }

TEST(GoldenChainsTest, LanguageAnalyzersAndStemmersEqualThoseOfLucene) { EXPECT_EQ(expect_tokens_of("languages.json"), 80); }

TEST(GoldenChainsTest, AddressesAreFoundAsLuceneFindsThem) { EXPECT_EQ(expect_tokens_of("urls.json"), 410); }

}  // namespace
}  // namespace selene::index
