#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/json/json_document.h"
#include "models/tokenizers/tokenizer.h"

namespace selene::models {
namespace {

const std::filesystem::path kRoot = SELENE_SOURCE_DIR;

std::vector<int64_t> numbers(base::JsonValue list) {
  std::vector<int64_t> out;
  for (const base::JsonValue number : list.as_array()) out.push_back(number.as_int64());
  return out;
}

Truncation parse_strategy(std::string_view name) {
  if (name == "longest_first") return Truncation::kLongestFirst;
  return name == "only_first" ? Truncation::kOnlyFirst : Truncation::kOnlySecond;
}

template <class Int>
std::vector<int64_t> widen(const std::vector<Int>& values) {
  return {values.begin(), values.end()};
}

/// Each folder of tests/golden/tokenizer: ids, token types and offsets are those of Hugging Face `tokenizers`.
class TokenizerGoldenTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    folder_ = kRoot / "tests/golden/tokenizer" / GetParam();
    std::filesystem::path file = folder_ / "tokenizer.json";
    if (!std::filesystem::exists(file)) file = kRoot / "models" / GetParam() / "tokenizer.json";
    auto loaded = Tokenizer::load(file);
    ASSERT_TRUE(loaded.has_value()) << loaded.error().reason();
    tokenizer_ = std::move(*loaded);
  }

  void check_single(base::JsonValue golden) {
    const std::string text(golden["text"].as_string());
    const Encoding encoding = tokenizer_->encode_single(text, 1 << 20, Offsets::kKeep);
    EXPECT_EQ(widen(encoding.ids), numbers(golden["ids"])) << text;
    EXPECT_EQ(tokenizer_->encode_single(text, 1 << 20).ids, encoding.ids) << text;
    std::vector<int64_t> offsets;
    for (const auto& [begin, end] : encoding.offsets) offsets.insert(offsets.end(), {begin, end});
    EXPECT_EQ(offsets, numbers(golden["offsets"])) << text;
    num_singles_ += 1;
  }

  void check_pair(base::JsonValue golden) {
    const PairOptions options{.max_length = static_cast<int32_t>(golden["max_length"].as_int64()),
                              .truncation = parse_strategy(golden["strategy"].as_string())};
    const std::string_view first = golden["first"].as_string();
    const std::string_view second = golden["second"].as_string();
    const auto encoding = tokenizer_->encode_pair(first, second, options);
    ASSERT_EQ(encoding.has_value(), !golden["ids"].is_null()) << first << " | " << second;
    if (!encoding.has_value()) return;
    EXPECT_EQ(widen(encoding->ids), numbers(golden["ids"]));
    EXPECT_EQ(widen(encoding->type_ids), numbers(golden["type_ids"]));
    std::vector<int32_t> ids[2];
    tokenizer_->encode(first, SIZE_MAX, ids[0]);
    tokenizer_->encode(second, SIZE_MAX, ids[1]);
    const auto built = tokenizer_->build_pair(ids[0], ids[1], options);
    ASSERT_TRUE(built.has_value());
    EXPECT_EQ(built->ids, encoding->ids);
    EXPECT_EQ(built->truncated, encoding->truncated);
  }

  std::filesystem::path folder_;
  std::unique_ptr<Tokenizer> tokenizer_;
  int num_singles_ = 0;
};

TEST_P(TokenizerGoldenTest, IdsAndOffsetsAreThoseOfHuggingFace) {
  std::ifstream in(folder_ / "cases.jsonl");
  int num_pairs = 0;
  for (std::string line; std::getline(in, line);) {
    const auto document = base::JsonDocument::parse(line);
    ASSERT_TRUE(document.has_value()) << line;
    const base::JsonValue golden = document->root();
    if (golden["text"].exists()) {
      check_single(golden);
    } else {
      check_pair(golden);
      ++num_pairs;
    }
  }
  EXPECT_GT(num_singles_, 200);
  EXPECT_EQ(num_pairs, 75);
}

INSTANTIATE_TEST_SUITE_P(Golden, TokenizerGoldenTest,
                         testing::Values("minilm-l6-rerank", "wordpiece-cased", "wordpiece-lower", "wordpiece-steps",
                                         "unigram-xlm-roberta", "unigram-deberta", "unigram-steps", "bpe-roberta", "bpe-modernbert",
                                         "bpe-qwen", "bpe-llama3", "bpe-llama2"),
                         [](const auto& param) {
                           std::string name = param.param;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

}  // namespace
}  // namespace selene::models
