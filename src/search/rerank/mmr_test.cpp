#include "search/rerank/mmr.h"

#include <gtest/gtest.h>

namespace selene::search {
namespace {

/// 0 and 1 are alike, 2 is like neither.
float similarity(size_t a, size_t b) {
  if (a == 2 || b == 2) return 0.1F;
  return 0.9F;
}

TEST(MmrTest, LambdaOneIsRelevanceAlone) {
  const std::vector<float> relevance = {0.9F, 0.8F, 0.5F};
  EXPECT_EQ(pick_by_mmr(relevance, similarity, 1, 2), (std::vector<size_t>{0, 1}));
}

TEST(MmrTest, WhatIsLikeAPickLosesToWhatIsNot) {
  const std::vector<float> relevance = {0.9F, 0.8F, 0.5F};
  // second pick: 1: 0.4 - 0.45, 2: 0.25 - 0.05
  EXPECT_EQ(pick_by_mmr(relevance, similarity, 0.5F, 2), (std::vector<size_t>{0, 2}));
  // 1: 0.72 - 0.09, 2: 0.45 - 0.01
  EXPECT_EQ(pick_by_mmr(relevance, similarity, 0.9F, 2), (std::vector<size_t>{0, 1}));
}

TEST(MmrTest, PicksAreGivenInTheOrderOfTheList) {
  const std::vector<float> relevance = {0.1F, 0.2F, 0.9F};
  EXPECT_EQ(pick_by_mmr(relevance, similarity, 1, 2), (std::vector<size_t>{1, 2}));
}

TEST(MmrTest, TiesGoToTheEarlierAndNoMoreThanThereIs) {
  const std::vector<float> relevance = {0.5F, 0.5F, 0.5F};
  EXPECT_EQ(pick_by_mmr(
                relevance, [](size_t, size_t) { return 0.0F; }, 0.5F, 1),
            (std::vector<size_t>{0}));
  EXPECT_EQ(pick_by_mmr(relevance, similarity, 0.5F, 9), (std::vector<size_t>{0, 1, 2}));
  EXPECT_TRUE(pick_by_mmr({}, similarity, 0.5F, 3).empty());
  EXPECT_TRUE(pick_by_mmr(relevance, similarity, 0.5F, 0).empty());
}

}  // namespace
}  // namespace selene::search
