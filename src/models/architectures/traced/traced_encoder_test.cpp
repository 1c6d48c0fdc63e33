#include "models/architectures/traced/traced_encoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "models/architectures/golden_test_support.h"

namespace selene::models {
namespace {

/// A case of tests/golden/eland: token ids, and what torch gives for the archive.
struct TracedCase {
  std::vector<int32_t> ids;
  std::vector<int32_t> types;
  base::JsonValue golden;
  PackedBatch batch(const std::vector<int32_t>& starts) const { return {ids, types, starts}; }
};

std::vector<int32_t> ints(base::JsonValue list) {
  std::vector<int32_t> out;
  for (const base::JsonValue number : list.as_array()) out.push_back(static_cast<int32_t>(number.as_int64()));
  return out;
}

class TracedEncoderTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(SELENE_SOURCE_DIR) / "tests/golden/eland" / GetParam();
    text_ = read_text(folder_ / "cases.json");
    auto document = base::JsonDocument::parse(text_);
    ASSERT_TRUE(document.has_value());
    document_ = std::move(*document);
    for (const base::JsonValue golden : document_.root()["cases"].as_array()) {
      TracedCase one{ints(golden["input_ids"]), {}, golden};
      one.types = golden["token_type_ids"].is_array() ? ints(golden["token_type_ids"]) : std::vector<int32_t>(one.ids.size(), 0);
      cases_.push_back(std::move(one));
    }
    ASSERT_FALSE(cases_.empty());
  }

  static void check_logit(const CrossEncoder& encoder, const TracedCase& one, double tolerance) {
    const std::vector<int32_t> starts = {0, static_cast<int32_t>(one.ids.size())};
    const auto workspace = encoder.make_workspace(1);
    float logit = 0.0F;
    ASSERT_TRUE(encoder.forward(one.batch(starts), *workspace, {}, {&logit, 1}).has_value());
    EXPECT_NEAR(logit, one.golden["expected_logit"].as_double(), tolerance);
  }
  static void check_embedding(const DenseEncoder& encoder, const TracedCase& one, double tolerance) {
    const std::vector<int32_t> starts = {0, static_cast<int32_t>(one.ids.size())};
    const auto workspace = encoder.make_workspace(1);
    std::vector<float> embedding(static_cast<size_t>(encoder.dims()));
    ASSERT_TRUE(encoder.forward(one.batch(starts), *workspace, {}, embedding).has_value());
    size_t i = 0;
    for (const base::JsonValue expected : one.golden["expected_embedding"].as_array()) {
      ASSERT_LT(i, embedding.size());
      EXPECT_NEAR(embedding[i++], expected.as_double(), tolerance);
    }
    EXPECT_EQ(i, embedding.size());
  }
  static void check_expansion(const SparseEncoder& encoder, const TracedCase& one, double tolerance) {
    const std::vector<int32_t> starts = {0, static_cast<int32_t>(one.ids.size())};
    const auto workspace = encoder.make_workspace(1);
    std::vector<std::vector<TokenWeight>> rows(1);
    ASSERT_TRUE(encoder.forward(one.batch(starts), *workspace, {}, rows).has_value());
    std::vector<double> weights(static_cast<size_t>(encoder.vocab_size()), 0.0);
    for (const TokenWeight& weight : rows[0]) weights[static_cast<size_t>(weight.token_id)] = weight.weight;
    size_t i = 0;
    for (const base::JsonValue expected : one.golden["expected_max_log1p_relu_head"].as_array()) {
      EXPECT_NEAR(weights[i++], expected.as_double(), tolerance) << "token " << i - 1;
    }
    EXPECT_GT(i, 0U);
  }

  std::filesystem::path folder_;
  std::string text_;
  base::JsonDocument document_;
  std::vector<TracedCase> cases_;
};

TEST_P(TracedEncoderTest, ResultsAreThoseOfTorch) {
  const bool quantized = std::string_view(GetParam()).ends_with("-int8");
  const double tolerance = quantized ? 1e-4 : 2e-5;
  for (const KernelTable& table : supported_kernels()) {
    SCOPED_TRACE(std::string(table.isa));
    const auto encoder =
        load_traced_encoder(folder_ / "traced_pytorch_model.pt", {.max_sequence_length = 512, .vocab_size = 0, .table = &table});
    ASSERT_TRUE(encoder.has_value()) << encoder.error().reason();
    for (const TracedCase& one : cases_) {
      if (const auto* cross = std::get_if<std::unique_ptr<CrossEncoder>>(&*encoder)) check_logit(**cross, one, tolerance);
      if (const auto* dense = std::get_if<std::unique_ptr<DenseEncoder>>(&*encoder)) check_embedding(**dense, one, tolerance);
      if (const auto* sparse = std::get_if<std::unique_ptr<SparseEncoder>>(&*encoder)) check_expansion(**sparse, one, tolerance);
    }
  }
}

// Random weights of small models: roundings weigh more than in trained ones. Of int8 archives, torch's rounding of activations is
// in the golden values.
TEST_P(TracedEncoderTest, OtherTiersAreNearTorch) {
  const double bf16_tolerance = std::string_view(GetParam()).ends_with("-int8") ? 0.1 : 0.05;
  for (const auto& [tier, tolerance] : {std::pair(Tier::kBf16, bf16_tolerance), std::pair(Tier::kInt8, 0.1)}) {
    SCOPED_TRACE(std::string(tier_name(tier)));
    const auto encoder = load_traced_encoder(folder_ / "traced_pytorch_model.pt", {.vocab_size = 0, .tier = tier});
    ASSERT_TRUE(encoder.has_value()) << encoder.error().reason();
    EXPECT_EQ(common_part(*encoder).tier(), tier);
    for (const TracedCase& one : cases_) {
      if (const auto* cross = std::get_if<std::unique_ptr<CrossEncoder>>(&*encoder)) check_logit(**cross, one, tolerance);
      if (const auto* dense = std::get_if<std::unique_ptr<DenseEncoder>>(&*encoder)) check_embedding(**dense, one, tolerance);
      if (const auto* sparse = std::get_if<std::unique_ptr<SparseEncoder>>(&*encoder)) check_expansion(**sparse, one, tolerance);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Fixtures, TracedEncoderTest,
                         testing::Values("bert-embedding", "bert-expansion", "bert-rerank", "bert-rerank-equal-tensors",
                                         "bert-rerank-int8", "bert-rerank-older", "deberta-v2-rerank", "distilbert-expansion",
                                         "distilbert-rerank", "e5-like-embedding", "electra-rerank", "mpnet-rerank",
                                         "mpnet-rerank-older", "roberta-rerank", "xlm-roberta-embedding", "xlm-roberta-rerank",
                                         "xlm-roberta-rerank-int8"));

TEST(TracedEncoderLimitTest, LengthsAndVocabulariesBeyondTheTablesAreRefused) {
  const std::filesystem::path file =
      std::filesystem::path(SELENE_SOURCE_DIR) / "tests/golden/eland/roberta-rerank/traced_pytorch_model.pt";
  const auto too_long = load_traced_encoder(file, {.max_sequence_length = 513});
  ASSERT_FALSE(too_long.has_value());
  EXPECT_EQ(too_long.error().reason(), "[max_sequence_length] is [513], but the model has positions for [512] tokens");
  const auto too_wide = load_traced_encoder(file, {.max_sequence_length = 512, .vocab_size = 100'000});
  ASSERT_FALSE(too_wide.has_value());
  EXPECT_NE(too_wide.error().reason().find("the vocabulary has [100000] tokens"), std::string::npos);
}

}  // namespace
}  // namespace selene::models
