#include "inference/endpoints/inference_answer.h"

#include <gtest/gtest.h>

namespace selene::inference {
namespace {

TEST(InferenceAnswerTest, RerankIsBestFirstEqualScoresInInputOrderCutToTopN) {
  const std::vector<std::string_view> inputs = {"a", "b", "c"};
  EXPECT_EQ(
      render_rerank({{{0, 0.5F}, {2, 0.5F}, {1, 2.0F}}, std::nullopt, false}, inputs),
      R"({"rerank":[{"index":1,"relevance_score":2.0},{"index":0,"relevance_score":0.5},{"index":2,"relevance_score":0.5}]})");
  EXPECT_EQ(render_rerank({{{0, 0.5F}, {1, 2.0F}}, 1, true}, inputs),
            R"({"rerank":[{"index":1,"relevance_score":2.0,"text":"b"}]})");
}

TEST(InferenceAnswerTest, TextEmbeddingsAreNamedByTheirElements) {
  EXPECT_EQ(render_text_embedding({{0.5F, -1.0F}, {2.0F}}, "float"),
            R"({"text_embedding":[{"embedding":[0.5,-1.0]},{"embedding":[2.0]}]})");
  EXPECT_EQ(render_text_embedding({{127.0F, -128.0F}}, "byte"), R"({"text_embedding_bytes":[{"embedding":[127,-128]}]})");
  EXPECT_EQ(render_text_embedding({{1.0F}}, "bit"), R"({"text_embedding_bits":[{"embedding":[1]}]})");
}

TEST(InferenceAnswerTest, SparseEmbeddingsAreMapsOfTokens) {
  EXPECT_EQ(
      render_sparse_embedding({{{{"moon", 1.5F}, {"##s", 0.25F}}, false}, {{}, true}}),
      R"({"sparse_embedding":[{"is_truncated":false,"embedding":{"moon":1.5,"##s":0.25}},{"is_truncated":true,"embedding":{}}]})");
}

}  // namespace
}  // namespace selene::inference
