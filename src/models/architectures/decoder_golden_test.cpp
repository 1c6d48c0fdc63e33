#include <gtest/gtest.h>

#include <fstream>

#include "models/architectures/golden_test_support.h"
#include "models/architectures/positions.h"

namespace selene::models {
namespace {

constexpr const char* kDecoders[] = {"qwen3/reranker", "qwen3/untied", "qwen3/classifier"};
constexpr const char* kJinaBerts[] = {"jina_bert/geglu", "jina_bert/reglu"};

TEST(Qwen3Test, Fp32LogitsAreThoseOfTransformers) {
  for (const char* name : kDecoders) expect_golden_logits(name, Tier::kFp32, 2e-3);
}

// The bounds of these tiers are about twice what is measured.
TEST(Qwen3Test, CoarseTiersAreClose) {
  for (const char* name : kDecoders) {
    expect_golden_logits(name, Tier::kBf16, 0.25);
    expect_golden_logits(name, Tier::kInt8, 0.5);
  }
}

TEST(Qwen3Test, RowDoesNotDependOnItsBatch) {
  for (const char* name : kDecoders) {
    for (const Tier tier : {Tier::kFp32, Tier::kInt8}) expect_row_independence(name, tier);
  }
}

TEST(JinaBertTest, Fp32LogitsAreThoseOfTheReference) {
  for (const char* name : kJinaBerts) expect_golden_logits(name, Tier::kFp32, 1e-4);
}

TEST(JinaBertTest, CoarseTiersAreClose) {
  for (const char* name : kJinaBerts) {
    expect_golden_logits(name, Tier::kBf16, 0.06);
    expect_golden_logits(name, Tier::kInt8, 0.15);
  }
}

TEST(JinaBertTest, RowDoesNotDependOnItsBatch) {
  for (const char* name : kJinaBerts) expect_row_independence(name, Tier::kInt8);
}

/// A dense encoder's vectors for all rows of a case against its `embeddings`.
void expect_golden_embeddings(const std::string& name) {
  SCOPED_TRACE(name);
  const GoldenCase golden = read_golden(name);
  const std::string text = read_text(golden.folder / "golden.json");
  const auto document = base::JsonDocument::parse(text);
  ASSERT_TRUE(document.has_value());
  const auto loaded = load_encoder(golden.folder, {.tier = Tier::kFp32, .kind = ModelKind::kDenseEncoder});
  ASSERT_TRUE(loaded.has_value()) << loaded.error().reason();
  const auto& encoder = *std::get<std::unique_ptr<DenseEncoder>>(loaded->encoder);
  const GoldenBatch batch(golden, all_rows(golden));
  const auto workspace = encoder.make_workspace(1);
  std::vector<float> embeddings(golden.input_ids.size() * static_cast<size_t>(encoder.dims()));
  const base::Status status = encoder.forward(batch.view(), *workspace, {}, embeddings);
  ASSERT_TRUE(status.has_value()) << status.error().reason();
  size_t i = 0;
  for (const base::JsonValue row : document->root()["embeddings"].as_array()) {
    for (const base::JsonValue value : row.as_array()) EXPECT_NEAR(embeddings[i++], value.as_double(), 1e-3);
  }
  EXPECT_EQ(i, embeddings.size());
}

TEST(Qwen3Test, EmbeddingIsTheLastTokensHiddenState) { expect_golden_embeddings("qwen3/embedder"); }

TEST(JinaBertTest, EmbeddingIsTheMeanOfHiddenStates) {
  for (const char* name : kJinaBerts) expect_golden_embeddings(name);
}

// Values of Press et al.: a power of two, and 12 heads, which take every other slope of 16.
TEST(AlibiBiasTest, SlopesAreAGeometricSeries) {
  const PositionBias eight = alibi_bias(8, 5);
  EXPECT_EQ(eight.head_stride, 9);
  EXPECT_FLOAT_EQ(eight.values[4], 0.0F);
  EXPECT_FLOAT_EQ(eight.values[5], -0.5F);
  EXPECT_FLOAT_EQ(eight.values[0], -2.0F);
  EXPECT_FLOAT_EQ(eight.values[7 * 9 + 3], -1.0F / 256);
  const PositionBias twelve = alibi_bias(12, 5);
  EXPECT_FLOAT_EQ(twelve.values[8 * 9 + 5], -std::exp2(-0.5F));
  EXPECT_FLOAT_EQ(twelve.values[11 * 9 + 5], -std::exp2(-3.5F));
}

using Replacements = std::vector<std::pair<std::string, std::string>>;

/// The reason why a golden folder does not load with texts of its config replaced.
std::string reason_with(const std::string& name, const Replacements& replacements) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "selene_decoder_config";
  std::filesystem::remove_all(folder);
  std::filesystem::copy(read_golden(name).folder, folder);
  std::string config = read_text(folder / "config.json");
  for (const auto& [from, to] : replacements) {
    const size_t at = config.find(from);
    EXPECT_NE(at, std::string::npos) << from << " in " << config;
    config.replace(at, from.size(), to);
  }
  std::ofstream(folder / "config.json", std::ios::binary) << config;
  const auto loaded = load_encoder(folder, {.tier = Tier::kFp32});
  std::string reason = loaded.has_value() ? "" : loaded.error().reason();
  std::filesystem::remove_all(folder);
  const size_t path = reason.find(folder.string() + "/");
  return path == std::string::npos ? reason : reason.erase(path, folder.string().size() + 1);
}

TEST(Qwen3ConfigTest, WhatIsNotSupportedIsNamed) {
  EXPECT_EQ(reason_with("qwen3/classifier", {{"\"use_sliding_window\": false", "\"use_sliding_window\": true"}}),
            "[config.json]: [use_sliding_window] is [true]; supported: false");
  EXPECT_EQ(reason_with("qwen3/classifier", {{"\"rope_type\": \"default\"", "\"rope_type\": \"yarn\""}}),
            "[config.json]: [rope_parameters.rope_type] is [yarn]; supported: default");
  EXPECT_EQ(reason_with("qwen3/classifier", {{"\"num_key_value_heads\": 2", "\"num_key_value_heads\": 3"}}),
            "[config.json]: [num_key_value_heads] is [3]; supported: divisors of [num_attention_heads] 4");
  EXPECT_EQ(reason_with("qwen3/classifier", {{"\"head_dim\": 16", "\"head_dim\": 15"}}),
            "[config.json]: [head_dim] is [15]; supported: even numbers");
}

TEST(Qwen3ConfigTest, TablesOfPositionsAreBounded) {
  EXPECT_EQ(reason_with("qwen3/classifier", {{"\"head_dim\": 16", "\"head_dim\": 1024"},
                                             {"\"max_position_embeddings\": 90", "\"max_position_embeddings\": 262144"}}),
            "[config.json]: [max_position_embeddings] is [262144]; supported: at most 65536 with heads of this number and size");
}

TEST(JinaBertConfigTest, WhatIsNotSupportedIsNamed) {
  EXPECT_EQ(reason_with("jina_bert/geglu", {{"\"alibi\"", "\"rotary\""}}),
            "[config.json]: [position_embedding_type] is [rotary]; supported: alibi");
  EXPECT_EQ(reason_with("jina_bert/geglu", {{"\"geglu\"", "\"swiglu\""}}),
            "[config.json]: [feed_forward_type] is [swiglu]; supported: geglu, reglu, original");
}

}  // namespace
}  // namespace selene::models
