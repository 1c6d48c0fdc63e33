#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/json/json_document.h"
#include "models/runtime/deployment.h"

namespace selene::models {
namespace {

/// A folder of tests/golden with a tokenizer, texts, and what sentence-transformers gives for them.
struct TextCase {
  explicit TextCase(const std::string& name) : folder(std::filesystem::path(SELENE_SOURCE_DIR) / "tests" / "golden" / name) {
    std::ifstream in(folder / "golden.json", std::ios::binary);
    std::stringstream bytes;
    bytes << in.rdbuf();
    const auto document = base::JsonDocument::parse(bytes.str());
    EXPECT_TRUE(document.has_value());
    for (const base::JsonValue text : document->root()["texts"].as_array()) texts.emplace_back(text.as_string());
    for (const base::JsonValue row : document->root()["text_rows"].as_array()) {
      rows.emplace_back();
      for (const base::JsonValue value : row.as_array()) rows.back().push_back(value.as_double());
    }
  }
  std::vector<std::string_view> views() const { return {texts.begin(), texts.end()}; }
  std::unique_ptr<Deployment> start() const {
    const auto model = LoadedModel::load(folder, {.tier = Tier::kFp32});
    EXPECT_TRUE(model.has_value()) << model.error().reason();
    return model.has_value() ? Deployment::start(*model, {}) : nullptr;
  }

  std::filesystem::path folder;
  std::vector<std::string> texts;
  std::vector<std::vector<double>> rows;
};

// The last of the texts is far longer than the model.
TEST(TextModelTest, EmbeddingsOfTextsAreThoseOfSentenceTransformers) {
  for (const char* name : {"dense/bert_modules", "dense/modernbert", "dense/xlm_roberta"}) {
    SCOPED_TRACE(name);
    const TextCase golden(name);
    const auto deployment = golden.start();
    ASSERT_NE(deployment, nullptr);
    const auto embeddings = deployment->embed(golden.views(), {});
    ASSERT_TRUE(embeddings.has_value()) << embeddings.error().reason();
    ASSERT_EQ(embeddings->size(), golden.rows.size());
    for (size_t i = 0; i < golden.rows.size(); ++i) {
      ASSERT_EQ((*embeddings)[i].size(), golden.rows[i].size());
      for (size_t c = 0; c < golden.rows[i].size(); ++c) EXPECT_NEAR((*embeddings)[i][c], golden.rows[i][c], 1e-4) << i;
    }
    EXPECT_EQ(deployment->stats().num_pairs, static_cast<int64_t>(golden.texts.size()));
  }
}

TEST(TextModelTest, ExpansionsOfTextsAreThoseOfSentenceTransformers) {
  const TextCase golden("sparse/bert");
  const auto deployment = golden.start();
  ASSERT_NE(deployment, nullptr);
  const auto expansions = deployment->expand(golden.views(), {});
  ASSERT_TRUE(expansions.has_value()) << expansions.error().reason();
  ASSERT_EQ(expansions->size(), golden.rows.size());
  for (size_t i = 0; i < golden.rows.size(); ++i) {
    std::vector<double> got(golden.rows[i].size());
    for (const SparseWeight& weight : (*expansions)[i]) {
      const int32_t id = deployment->model().tokenizer->token_id(weight.token);
      ASSERT_GE(id, 0) << weight.token;
      got[static_cast<size_t>(id)] = weight.weight;
    }
    for (size_t c = 0; c < got.size(); ++c) EXPECT_NEAR(got[c], golden.rows[i][c], 1e-4) << i;
  }
}

TEST(TextModelTest, NoTextsGiveNothing) {
  const auto dense = TextCase("dense/bert_modules").start();
  EXPECT_TRUE(dense->embed({}, {})->empty());
  EXPECT_EQ(dense->stats().num_requests, 0);
}

TEST(TextModelTest, WrongTaskSaysWhatTheModelIs) {
  const std::vector<std::string_view> texts = {"sky"};
  const auto dense = TextCase("dense/bert_modules").start();
  EXPECT_EQ(dense->score("sky", texts, {}).error().code(), base::ErrorCode::kIllegalArgument);
  EXPECT_EQ(dense->score("sky", texts, {}).error().reason(),
            "model [bert_modules] is a dense encoder; re-ranking needs a cross-encoder");
  EXPECT_EQ(dense->expand(texts, {}).error().reason(),
            "model [bert_modules] is a dense encoder; sparse embedding needs a sparse encoder");
  const auto sparse = TextCase("sparse/bert").start();
  EXPECT_EQ(sparse->embed(texts, {}).error().reason(), "model [bert] is a sparse encoder; text embedding needs a dense encoder");
}

}  // namespace
}  // namespace selene::models
