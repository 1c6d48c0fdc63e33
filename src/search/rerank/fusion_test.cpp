#include "search/rerank/fusion.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace selene::search {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/// Documents of shard 0 with their scores, ranked as they stand.
RankDocs list(const std::vector<std::pair<int32_t, float>>& docs) {
  RankDocs made;
  for (const auto& [doc, score] : docs) made.docs.push_back({{0, doc}, score, static_cast<int32_t>(made.docs.size()) + 1});
  return made;
}

std::vector<int32_t> order(const RankDocs& docs) {
  std::vector<int32_t> found;
  for (const RankDoc& doc : docs.docs) found.push_back(doc.address.doc);
  return found;
}

TEST(RrfTest, SumsReciprocalRanks) {
  const std::vector<RankDocs> lists = {list({{1, 9}, {2, 8}, {3, 7}}), list({{3, 5}, {1, 4}})};
  const std::vector<float> weights = {1, 1};
  const RankDocs fused = combine_rrf(lists, weights, 1, 10);
  // 1: 1/2 + 1/3, 3: 1/4 + 1/2, 2: 1/3
  EXPECT_EQ(order(fused), (std::vector<int32_t>{1, 3, 2}));
  EXPECT_FLOAT_EQ(fused.docs[0].score, 0.8333334F);
  EXPECT_FLOAT_EQ(fused.docs[1].score, 0.75F);
  EXPECT_FLOAT_EQ(fused.docs[2].score, 0.33333334F);
  EXPECT_EQ(fused.docs[2].rank, 3);
}

TEST(RrfTest, DocInOneListOnlyStillRanked) {
  const std::vector<RankDocs> lists = {list({}), list({{4, 1}})};
  const std::vector<float> weights = {1, 1};
  const RankDocs fused = combine_rrf(lists, weights, 60, 10);
  ASSERT_EQ(fused.docs.size(), 1U);
  EXPECT_FLOAT_EQ(fused.docs[0].score, 1.0F / 61);
}

TEST(RrfTest, WeightsScaleTheListsAndZeroKeepsItsDocuments) {
  const std::vector<RankDocs> lists = {list({{1, 1}}), list({{2, 1}}), list({{3, 1}})};
  const std::vector<float> weights = {1, 2.5F, 0};
  const RankDocs fused = combine_rrf(lists, weights, 1, 10);
  EXPECT_EQ(order(fused), (std::vector<int32_t>{2, 1, 3}));
  EXPECT_FLOAT_EQ(fused.docs[0].score, 1.25F);
  EXPECT_FLOAT_EQ(fused.docs[2].score, 0);
}

TEST(RrfTest, TiesAreBrokenByShardThenDocAndTheWindowCuts) {
  RankDocs other;
  other.docs = {{{1, 0}, 1, 1}};
  const std::vector<RankDocs> lists = {list({{7, 1}}), other, list({{2, 1}})};
  const std::vector<float> weights = {1, 1, 1};
  EXPECT_EQ(order(combine_rrf(lists, weights, 60, 10)), (std::vector<int32_t>{2, 7, 0}));
  EXPECT_EQ(order(combine_rrf(lists, weights, 60, 2)), (std::vector<int32_t>{2, 7}));
}

TEST(NormalizerTest, MinMaxSpreadsFromZeroToOne) {
  EXPECT_EQ(normalized_scores(list({{1, 5}, {2, 3}, {3, 1}}), ScoreNormalizer::kMinMax), (std::vector<float>{1, 0.5F, 0}));
}

TEST(NormalizerTest, MinMaxOfEqualScoresIsOne) {
  EXPECT_EQ(normalized_scores(list({{1, 7}}), ScoreNormalizer::kMinMax), (std::vector<float>{1}));
  EXPECT_EQ(normalized_scores(list({{1, 7}, {2, 7}}), ScoreNormalizer::kMinMax), (std::vector<float>{1, 1}));
  EXPECT_EQ(normalized_scores(list({{1, 1e-7F}, {2, 0}}), ScoreNormalizer::kMinMax), (std::vector<float>{1, 1}));
}

TEST(NormalizerTest, L2DividesByTheLength) {
  const std::vector<float> scores = normalized_scores(list({{1, 4}, {2, 3}}), ScoreNormalizer::kL2Norm);
  EXPECT_FLOAT_EQ(scores[0], 0.8F);
  EXPECT_FLOAT_EQ(scores[1], 0.6F);
  EXPECT_EQ(normalized_scores(list({{1, 0}, {2, 0}}), ScoreNormalizer::kL2Norm), (std::vector<float>{0, 0}));
}

TEST(NormalizerTest, WhatIsNoNumberStaysSoAndIsLeftOut) {
  const std::vector<float> scores = normalized_scores(list({{1, kNan}, {2, 4}, {3, 2}}), ScoreNormalizer::kMinMax);
  EXPECT_TRUE(std::isnan(scores[0]));
  EXPECT_EQ(scores[1], 1);
  EXPECT_EQ(scores[2], 0);
  EXPECT_TRUE(normalized_scores(list({}), ScoreNormalizer::kMinMax).empty());
}

TEST(NormalizerTest, NamesAreRead) {
  for (const std::string_view name : {"none", "minmax", "l2_norm"})
    EXPECT_EQ(score_normalizer_name(parse_score_normalizer(name).value()), name);
  EXPECT_FALSE(parse_score_normalizer("aardvark").has_value());
}

TEST(LinearTest, AddsWeightedNormalizedScores) {
  const std::vector<RankDocs> lists = {list({{1, 10}, {2, 6}, {3, 2}}), list({{3, 0.5F}, {4, 0.25F}})};
  const std::vector<LinearPart> parts = {{10, ScoreNormalizer::kMinMax}, {20, ScoreNormalizer::kNone}};
  const RankDocs fused = combine_linear(lists, parts, 10);
  // 1: 10 * 1, 2: 10 * 0.5, 3: 10 * 0 + 20 * 0.5, 4: 20 * 0.25
  EXPECT_EQ(order(fused), (std::vector<int32_t>{1, 3, 2, 4}));
  EXPECT_FLOAT_EQ(fused.docs[0].score, 10);
  EXPECT_FLOAT_EQ(fused.docs[1].score, 10);
  EXPECT_FLOAT_EQ(fused.docs[2].score, 5);
  EXPECT_FLOAT_EQ(fused.docs[3].score, 5);
}

TEST(LinearTest, ListsWithoutNumbersAddNothing) {
  const std::vector<RankDocs> lists = {list({{1, kNan}, {2, kNan}}), list({{2, 3}})};
  const std::vector<LinearPart> parts = {{5, ScoreNormalizer::kL2Norm}, {1, ScoreNormalizer::kNone}};
  const RankDocs fused = combine_linear(lists, parts, 10);
  EXPECT_EQ(order(fused), (std::vector<int32_t>{2, 1}));
  EXPECT_FLOAT_EQ(fused.docs[0].score, 3);
  EXPECT_FLOAT_EQ(fused.docs[1].score, 0);
}

}  // namespace
}  // namespace selene::search
