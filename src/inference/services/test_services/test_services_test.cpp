#include "inference/services/test_services/test_services.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace selene::inference {
namespace {

using Texts = std::vector<std::string_view>;

TEST(TestServicesTest, NumbersAreTheirOwnScores) {
  EXPECT_EQ(test_rerank_scores(Texts{"0.5", "-2", "1e1"}), (std::vector<float>{0.5F, -2.0F, 10.0F}));
  EXPECT_TRUE(test_rerank_scores({}).empty());
}

TEST(TestServicesTest, WithATextAmongThemLaterInputsScoreMore) {
  for (const char* text : {"moon", "", " 1", "1 ", "nan", "inf"}) {
    const std::vector<float> scores = test_rerank_scores(Texts{"7", text, "0"});
    EXPECT_EQ(scores, (std::vector<float>{0.0F, 0.2F, 0.4F})) << text;
  }
}

TEST(TestServicesTest, EqualTextsHaveEqualVectorsAndOthersHaveNot) {
  EXPECT_EQ(test_vector("moon", 8), test_vector("moon", 8));
  EXPECT_NE(test_vector("moon", 8), test_vector("sun", 8));
  for (const float element : test_vector("moon", 1000))
    EXPECT_TRUE(element >= 0 && element <= 127 && element == static_cast<int>(element));
}

TEST(TestServicesTest, SparseEmbeddingsHaveFiveTokensHeaviestFirst) {
  const std::vector<TokenWeight> tokens = test_sparse_embedding("moon").tokens;
  ASSERT_EQ(tokens.size(), 5U);
  EXPECT_TRUE(std::is_sorted(tokens.begin(), tokens.end(), [](const auto& a, const auto& b) { return a.weight > b.weight; }));
  EXPECT_GT(tokens.back().weight, 0.0F);
}

TEST(TestServicesTest, AreKnownWhereTheyAreAskedForAlone) {
  for (const char* name : {"test_service", "text_embedding_test_service", "test_reranking_service"}) {
    EXPECT_EQ(find_service(name), nullptr);
    ASSERT_NE(find_service(name, TestServices::kKnown), nullptr);
    EXPECT_EQ(find_service(name, TestServices::kKnown)->name(), name);
  }
  EXPECT_EQ(find_service("none", TestServices::kKnown), nullptr);
}

}  // namespace
}  // namespace selene::inference
