#include "search/rerank/text_similarity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace selene::search {
namespace {

using inference::RankedDoc;

const std::vector<DocAddress> kDocs = {{0, 5}, {0, 2}, {1, 0}};

TEST(TextSimilarityTest, MappingKeepsOrderAndIsNeverNegative) {
  EXPECT_FLOAT_EQ(map_rerank_score(0.98F), 1.98F);
  EXPECT_FLOAT_EQ(map_rerank_score(0), 1);
  EXPECT_NEAR(map_rerank_score(-3.2F), 0.0408, 1e-4);
  EXPECT_FLOAT_EQ(map_rerank_score(7), 8);
  EXPECT_EQ(map_rerank_score(-std::numeric_limits<float>::infinity()), 0);
  float previous = -1;
  for (float raw = -20; raw < 20; raw += 0.25F) {
    EXPECT_GT(map_rerank_score(raw), previous);
    previous = map_rerank_score(raw);
  }
}

TEST(TextSimilarityTest, ScoresGoBackByIndex) {
  const std::vector<RankedDoc> answers = {{2, 1.5F}, {0, -1}, {1, 3}};
  const auto ranked = rank_by_relevance(kDocs, answers, {}, 10);
  ASSERT_TRUE(ranked.has_value());
  ASSERT_EQ(ranked->docs.size(), 3U);
  EXPECT_EQ(ranked->docs[0].address, (DocAddress{0, 2}));
  EXPECT_FLOAT_EQ(ranked->docs[0].score, 4);
  EXPECT_EQ(ranked->docs[0].rank, 1);
  EXPECT_EQ(ranked->docs[1].address, (DocAddress{1, 0}));
  EXPECT_EQ(ranked->docs[2].address, (DocAddress{0, 5}));
  EXPECT_EQ(ranked->docs[2].rank, 3);
}

TEST(TextSimilarityTest, EqualScoresFallByShardAndDocument) {
  const std::vector<RankedDoc> answers = {{0, 1}, {1, 1}, {2, 1}};
  const auto ranked = rank_by_relevance(kDocs, answers, {}, 10);
  ASSERT_TRUE(ranked.has_value());
  EXPECT_EQ(ranked->docs[0].address, (DocAddress{0, 2}));
  EXPECT_EQ(ranked->docs[1].address, (DocAddress{0, 5}));
  EXPECT_EQ(ranked->docs[2].address, (DocAddress{1, 0}));
}

TEST(TextSimilarityTest, MinScoreIsComparedWithTheRawScoreInclusively) {
  const std::vector<RankedDoc> answers = {{0, 0.5F}, {1, 0.49F}, {2, -1}};
  const auto ranked = rank_by_relevance(kDocs, answers, 0.5F, 10);
  ASSERT_TRUE(ranked.has_value());
  ASSERT_EQ(ranked->docs.size(), 1U);
  EXPECT_EQ(ranked->docs[0].address, (DocAddress{0, 5}));
  EXPECT_EQ(rank_by_relevance(kDocs, answers, 0.0F, 10)->docs.size(), 2U);
  EXPECT_EQ(rank_by_relevance(kDocs, answers, -1.0F, 10)->docs.size(), 3U);
}

TEST(TextSimilarityTest, CutsToTheWindow) {
  const std::vector<RankedDoc> answers = {{0, 1}, {1, 2}, {2, 3}};
  const auto ranked = rank_by_relevance(kDocs, answers, {}, 2);
  ASSERT_TRUE(ranked.has_value());
  ASSERT_EQ(ranked->docs.size(), 2U);
  EXPECT_EQ(ranked->docs[0].address, (DocAddress{1, 0}));
}

TEST(TextSimilarityTest, WrongNumberOfAnswersIsAnError) {
  const std::vector<RankedDoc> answers = {{0, 1}, {1, 2}};
  const auto ranked = rank_by_relevance(kDocs, answers, {}, 10);
  ASSERT_FALSE(ranked.has_value());
  EXPECT_EQ(ranked.error().code(), base::ErrorCode::kIllegalState);
  EXPECT_EQ(ranked.error().reason(), "Reranker input document count and returned score count mismatch: [3] vs [2]");
}

TEST(TextSimilarityTest, WrongIndexesAndNanAreErrors) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const std::vector<RankedDoc>& answers :
       {std::vector<RankedDoc>{{0, 1}, {1, 2}, {3, 3}}, std::vector<RankedDoc>{{0, 1}, {-1, 2}, {2, 3}},
        std::vector<RankedDoc>{{0, 1}, {1, 2}, {1, 3}}, std::vector<RankedDoc>{{0, 1}, {1, nan}, {2, 3}}}) {
    const auto ranked = rank_by_relevance(kDocs, answers, {}, 10);
    ASSERT_FALSE(ranked.has_value());
    EXPECT_EQ(ranked.error().code(), base::ErrorCode::kIllegalState);
  }
}

TEST(TextSimilarityTest, KeptChildOrderScoresWhatHasNoScoreByRank) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const RankDocs kept = keep_child_order({{{{0, 7}, nan, 1}, {{0, 3}, nan, 2}, {{0, 4}, 2.5F, 3}}});
  EXPECT_FLOAT_EQ(kept.docs[0].score, 1);
  EXPECT_FLOAT_EQ(kept.docs[1].score, 0.5F);
  EXPECT_FLOAT_EQ(kept.docs[2].score, 2.5F);
  EXPECT_EQ(kept.docs[1].address, (DocAddress{0, 3}));
}

}  // namespace
}  // namespace selene::search
