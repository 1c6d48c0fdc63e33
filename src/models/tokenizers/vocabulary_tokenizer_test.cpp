#include "models/tokenizers/vocabulary_tokenizer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "models/registry/trained_config.h"

namespace selene::models {
namespace {

std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

/// Uploads of tests/golden/eland: ids and truncation are those of the Python tokenizers.
class VocabularyTokenizerTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const std::filesystem::path folder = std::filesystem::path(SELENE_SOURCE_DIR) / "tests/golden/eland" / GetParam();
    const std::string config_text = read_text(folder / "config.json");
    const auto config = base::JsonDocument::parse(config_text);
    ASSERT_TRUE(config.has_value());
    const auto trained = TrainedConfig::parse("m", config->root());
    ASSERT_TRUE(trained.has_value()) << trained.error().reason();
    options_ = trained->tokenization;
    const std::string vocabulary_text = read_text(folder / "vocabulary.json");
    const auto document = base::JsonDocument::parse(vocabulary_text);
    ASSERT_TRUE(document.has_value());
    const auto vocabulary = UploadedVocabulary::parse(document->root(), options_.tokenizer.kind);
    ASSERT_TRUE(vocabulary.has_value()) << vocabulary.error().reason();
    auto made = make_vocabulary_tokenizer(*vocabulary, options_.tokenizer);
    ASSERT_TRUE(made.has_value()) << made.error().reason();
    tokenizer_ = std::move(*made);
    cases_text_ = read_text(folder / "cases.json");
  }
  base::Result<Encoding> encode(base::JsonValue golden) const {
    if (golden["text"].is_string()) return tokenizer_->encode_single(golden["text"].as_string(), options_.max_sequence_length);
    return tokenizer_->encode_pair(golden["query"].as_string(), golden["document"].as_string(),
                                   {.max_length = options_.max_sequence_length, .truncation = Truncation::kOnlySecond});
  }

  TokenizationConfig options_;
  std::unique_ptr<Tokenizer> tokenizer_;
  std::string cases_text_;
};

std::vector<int64_t> numbers(base::JsonValue list) {
  std::vector<int64_t> out;
  for (const base::JsonValue number : list.as_array()) out.push_back(number.as_int64());
  return out;
}

TEST_P(VocabularyTokenizerTest, IdsAreThoseOfTheSourceTokenizer) {
  const auto cases = base::JsonDocument::parse(cases_text_);
  ASSERT_TRUE(cases.has_value());
  for (const base::JsonValue golden : cases->root()["cases"].as_array()) {
    const auto encoding = encode(golden);
    ASSERT_TRUE(encoding.has_value()) << encoding.error().reason();
    EXPECT_EQ(std::vector<int64_t>(encoding->ids.begin(), encoding->ids.end()), numbers(golden["input_ids"]))
        << base::JsonWriter().value(golden).take().substr(0, 300);
    if (golden["token_type_ids"].is_array()) {
      EXPECT_EQ(std::vector<int64_t>(encoding->type_ids.begin(), encoding->type_ids.end()), numbers(golden["token_type_ids"]));
    }
    EXPECT_EQ(encoding->truncated, golden["is_truncated"].is_bool() && golden["is_truncated"].as_bool());
  }
}

INSTANTIATE_TEST_SUITE_P(Fixtures, VocabularyTokenizerTest,
                         testing::Values("bert-embedding", "bert-rerank", "deberta-v2-rerank", "e5-like-embedding", "mpnet-rerank",
                                         "roberta-rerank", "xlm-roberta-embedding", "xlm-roberta-rerank"));

std::string refusal(std::string_view body, TokenizationKind kind) {
  const auto document = base::JsonDocument::parse(body);
  const auto vocabulary = UploadedVocabulary::parse(document->root(), kind);
  return vocabulary.has_value() ? "" : vocabulary.error().reason();
}

TEST(UploadedVocabularyTest, WhatIsMissingOrOfTheWrongLengthIsNamed) {
  EXPECT_EQ(refusal(R"({"vocabulary":[]})", TokenizationKind::kBert), "Validation Failed: 1: [vocabulary] must not be empty;");
  EXPECT_EQ(refusal("{}", TokenizationKind::kBert), "Validation Failed: 1: [vocabulary] must not be empty;");
  EXPECT_NE(refusal(R"({"vocabulary":["a"]})", TokenizationKind::kRoberta).find("expects [merges]"), std::string::npos);
  EXPECT_NE(refusal(R"({"vocabulary":["a"],"merges":["ab"]})", TokenizationKind::kRoberta).find("[merges] entry [0]"),
            std::string::npos);
  EXPECT_NE(refusal(R"({"vocabulary":["a","b"],"scores":[0]})", TokenizationKind::kXlmRoberta).find("[1] and [2]"),
            std::string::npos);
  EXPECT_NE(refusal(R"({"vocabulary":["a"]})", TokenizationKind::kDebertaV2).find("[scores] must have same length"),
            std::string::npos);
  EXPECT_NE(refusal(R"({"vocabulary":["a","a"]})", TokenizationKind::kBert).find("[a] twice"), std::string::npos);
  EXPECT_NE(refusal(R"({"vocabulary":"a"})", TokenizationKind::kBert).find("array of strings"), std::string::npos);
  EXPECT_NE(refusal(R"({"vocabulary":["a"],"other":1})", TokenizationKind::kBert).find("unknown field [other]"), std::string::npos);
  EXPECT_NE(refusal(R"(["a"])", TokenizationKind::kBert).find("must be an object"), std::string::npos);
}

TEST(UploadedVocabularyTest, AVocabularyWithoutItsSpecialTokensMakesNoTokenizer) {
  const UploadedVocabulary vocabulary{{"[CLS]", "[UNK]", "a"}, {}, {}};
  const auto made = make_vocabulary_tokenizer(vocabulary, {});
  ASSERT_FALSE(made.has_value());
  EXPECT_NE(made.error().reason().find("no token [[SEP]]"), std::string::npos);
}

TEST(UploadedVocabularyTest, SpecialTokensCanBeLeftOut) {
  const UploadedVocabulary vocabulary{{"[CLS]", "[SEP]", "[UNK]", "a"}, {}, {}};
  const auto made = make_vocabulary_tokenizer(vocabulary, {.with_special_tokens = false});
  ASSERT_TRUE(made.has_value()) << made.error().reason();
  EXPECT_EQ((*made)->encode_single("a a", 10).ids, (std::vector<int32_t>{3, 3}));
}

}  // namespace
}  // namespace selene::models
