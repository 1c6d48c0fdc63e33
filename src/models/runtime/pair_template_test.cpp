#include "models/runtime/pair_template.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/json/json_document.h"
#include "models/runtime/deployment.h"

namespace selene::models {
namespace {

/// tests/golden/qwen3/reranker: pairs put as the model card says, and their logits in transformers.
class PairTemplateTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(SELENE_SOURCE_DIR) / "tests" / "golden" / "qwen3" / "reranker";
    std::ifstream in(folder_ / "golden.json", std::ios::binary);
    std::stringstream bytes;
    bytes << in.rdbuf();
    const auto document = base::JsonDocument::parse(bytes.str());
    ASSERT_TRUE(document.has_value());
    query_ = document->root()["query"].as_string();
    for (const base::JsonValue text : document->root()["documents"].as_array()) documents_.emplace_back(text.as_string());
    for (const base::JsonValue row : document->root()["pair_ids"].as_array()) {
      ids_.emplace_back();
      for (const base::JsonValue id : row.as_array()) ids_.back().push_back(static_cast<int32_t>(id.as_int64()));
    }
    for (const base::JsonValue row : document->root()["pair_logits"].as_array()) {
      for (const base::JsonValue logit : row.as_array()) logits_.push_back(logit.as_double());
    }
  }
  std::filesystem::path folder_;
  std::string query_;
  std::vector<std::string> documents_;
  std::vector<std::vector<int32_t>> ids_;
  std::vector<double> logits_;
};

// The last document is cut; the suffix stays whole.
TEST_F(PairTemplateTest, IdsAreThoseOfTheModelCard) {
  const auto tokenizer = Tokenizer::load(folder_ / "tokenizer.json");
  ASSERT_TRUE(tokenizer.has_value()) << tokenizer.error().reason();
  const PairTemplate prompt = qwen3_reranker_template();
  for (size_t i = 0; i < documents_.size(); ++i) {
    const auto row = prompt.encode(**tokenizer, query_, documents_[i], 90);
    ASSERT_TRUE(row.has_value()) << row.error().reason();
    EXPECT_EQ(row->ids, ids_[i]);
    EXPECT_EQ(row->type_ids, std::vector<int32_t>(ids_[i].size(), 0));
    EXPECT_EQ(row->truncated, i + 1 == documents_.size());
  }
}

TEST_F(PairTemplateTest, LengthThatHoldsThePromptAloneIsRefused) {
  const auto tokenizer = Tokenizer::load(folder_ / "tokenizer.json");
  ASSERT_TRUE(tokenizer.has_value());
  const auto row = qwen3_reranker_template().encode(**tokenizer, query_, documents_[0], 20);
  ASSERT_FALSE(row.has_value());
  EXPECT_EQ(row.error().code(), base::ErrorCode::kIllegalArgument);
}

TEST_F(PairTemplateTest, ScoresAreThoseOfTransformers) {
  const auto model = LoadedModel::load(folder_, {.tier = Tier::kFp32});
  ASSERT_TRUE(model.has_value()) << model.error().reason();
  const auto deployment = Deployment::start(*model, {});
  const std::vector<std::string_view> texts(documents_.begin(), documents_.end());
  const auto scores = deployment->score(query_, texts, {});
  ASSERT_TRUE(scores.has_value()) << scores.error().reason();
  ASSERT_EQ(scores->size(), logits_.size());
  for (size_t i = 0; i < logits_.size(); ++i) EXPECT_NEAR((*scores)[i], logits_[i], 2e-3) << i;
}

}  // namespace
}  // namespace selene::models
