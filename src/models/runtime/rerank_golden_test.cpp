#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "base/json/json_document.h"
#include "models/runtime/deployment.h"

namespace selene::models {
namespace {

constexpr size_t kPassagesPerQuery = 5;

struct GoldenPair {
  std::string query;
  std::string passage;
  std::vector<int32_t> input_ids;
  double logit;
};

/// tests/golden/rerank_minilm_l6.json, by tools/golden/make_rerank_golden.py: five passages a query, the relevant one first.
std::vector<GoldenPair> read_pairs() {
  std::ifstream in(std::filesystem::path(SELENE_SOURCE_DIR) / "tests/golden/rerank_minilm_l6.json", std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  const std::string json = text.str();
  const auto document = base::JsonDocument::parse(json);
  std::vector<GoldenPair> pairs;
  if (!document.has_value()) return pairs;
  for (const base::JsonValue value : document->root()["pairs"].as_array()) {
    GoldenPair pair{
        std::string(value["query"].as_string()), std::string(value["passage"].as_string()), {}, value["logit"].as_double()};
    for (const base::JsonValue id : value["input_ids"].as_array()) pair.input_ids.push_back(static_cast<int32_t>(id.as_int64()));
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

/// The bundled model's logits for all pairs, as a deployment gives them.
std::vector<float> scores_of(const std::vector<GoldenPair>& pairs, Tier tier) {
  const auto model = LoadedModel::load(std::filesystem::path(SELENE_SOURCE_DIR) / "models/minilm-l6-rerank", {.tier = tier});
  if (!model.has_value()) {
    ADD_FAILURE() << model.error().reason();
    return {};
  }
  const auto deployment = Deployment::start(*model, {.num_threads = 2});
  std::vector<float> scores;
  for (size_t i = 0; i < pairs.size(); i += kPassagesPerQuery) {
    std::vector<std::string_view> passages;
    for (size_t j = i; j < i + kPassagesPerQuery; ++j) passages.push_back(pairs[j].passage);
    const auto logits = deployment->score(pairs[i].query, passages, base::Cancellation());
    if (!logits.has_value()) {
      ADD_FAILURE() << logits.error().reason();
      return {};
    }
    scores.insert(scores.end(), logits->begin(), logits->end());
  }
  return scores;
}

TEST(RerankGoldenTest, TokenIdsOfPairsAreThoseOfHuggingFace) {
  const auto tokenizer = Tokenizer::load(std::filesystem::path(SELENE_SOURCE_DIR) / "models/minilm-l6-rerank/tokenizer.json");
  ASSERT_TRUE(tokenizer.has_value()) << tokenizer.error().reason();
  const std::vector<GoldenPair> pairs = read_pairs();
  ASSERT_EQ(pairs.size(), 100u);
  for (const GoldenPair& pair : pairs) {
    const auto encoding = (*tokenizer)->encode_pair(pair.query, pair.passage, {.max_length = 512});
    ASSERT_TRUE(encoding.has_value());
    EXPECT_EQ(encoding->ids, pair.input_ids) << pair.query;
  }
}

TEST(RerankGoldenTest, Fp32LogitsAreThoseOfTransformers) {
  const std::vector<GoldenPair> pairs = read_pairs();
  const std::vector<float> scores = scores_of(pairs, Tier::kFp32);
  ASSERT_EQ(scores.size(), pairs.size());
  for (size_t i = 0; i < pairs.size(); ++i) EXPECT_NEAR(scores[i], pairs[i].logit, 1e-4) << i;
  for (size_t i = 0; i < pairs.size(); ++i) {
    for (size_t j = 0; j < pairs.size(); ++j) {
      // Order counts where the reference's own rounding cannot turn it.
      if (pairs[i].logit > pairs[j].logit + 2e-4) {
        EXPECT_GT(scores[i], scores[j]) << i << " " << j;
      }
    }
  }
}

/// The bound of int8 is about twice the greatest difference measured; the relevant passage stays first wherever it was.
TEST(RerankGoldenTest, Int8LogitsStayNearAndKeepTheFirst) {
  const std::vector<GoldenPair> pairs = read_pairs();
  const std::vector<float> scores = scores_of(pairs, Tier::kInt8);
  ASSERT_EQ(scores.size(), pairs.size());
  double sum = 0;
  double greatest = 0;
  for (size_t i = 0; i < pairs.size(); ++i) {
    const double difference = std::abs(scores[i] - pairs[i].logit);
    sum += difference;
    greatest = std::max(greatest, difference);
  }
  RecordProperty("greatest_difference", std::to_string(greatest));
  EXPECT_LT(greatest, 0.5);
  EXPECT_LT(sum / static_cast<double>(pairs.size()), 0.15);
  for (size_t i = 0; i < pairs.size(); i += kPassagesPerQuery) {
    for (size_t j = i + 1; j < i + kPassagesPerQuery; ++j) {
      if (pairs[i].logit > pairs[j].logit + 1) {
        EXPECT_GT(scores[i], scores[j]) << i << " " << j;
      }
    }
  }
}

}  // namespace
}  // namespace selene::models
