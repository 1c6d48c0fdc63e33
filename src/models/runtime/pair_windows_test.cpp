#include "models/runtime/pair_windows.h"

#include <gtest/gtest.h>

namespace selene::models {
namespace {

PairReading reading(TokenTruncation truncate, int32_t span = -1) { return {truncate, span}; }

TEST(PlanPairTest, PairsThatFitStayWhole) {
  for (const auto truncate :
       {TokenTruncation::kFirst, TokenTruncation::kSecond, TokenTruncation::kNone, TokenTruncation::kBalanced}) {
    const auto plan = plan_pair(4, 6, 10, reading(truncate));
    ASSERT_TRUE(plan.has_value());
    EXPECT_EQ(plan->first, 4U);
    ASSERT_EQ(plan->windows.size(), 1U);
    EXPECT_EQ(plan->windows[0].end, 6U);
    EXPECT_FALSE(plan->truncated);
  }
}

TEST(PlanPairTest, TheNamedTextGivesWay) {
  const auto first = plan_pair(8, 6, 10, reading(TokenTruncation::kFirst));
  EXPECT_EQ(first->first, 4U);
  EXPECT_EQ(first->windows[0].end, 6U);
  EXPECT_TRUE(first->truncated);
  const auto second = plan_pair(8, 6, 10, reading(TokenTruncation::kSecond));
  EXPECT_EQ(second->first, 8U);
  EXPECT_EQ(second->windows[0].end, 2U);
}

TEST(PlanPairTest, BalancedSharesTheRoomAndLeavesNoneUnused) {
  const auto both = plan_pair(20, 20, 11, reading(TokenTruncation::kBalanced));
  EXPECT_EQ(both->first, 5U);
  EXPECT_EQ(both->windows[0].end, 6U);
  const auto short_first = plan_pair(2, 20, 11, reading(TokenTruncation::kBalanced));
  EXPECT_EQ(short_first->first, 2U);
  EXPECT_EQ(short_first->windows[0].end, 9U);
  const auto short_second = plan_pair(20, 2, 11, reading(TokenTruncation::kBalanced));
  EXPECT_EQ(short_second->first, 9U);
  EXPECT_EQ(short_second->windows[0].end, 2U);
}

TEST(PlanPairTest, TextsThatCannotFitAreRefused) {
  EXPECT_FALSE(plan_pair(5, 10, 10, reading(TokenTruncation::kFirst)).has_value());
  EXPECT_FALSE(plan_pair(10, 5, 10, reading(TokenTruncation::kSecond)).has_value());
  const auto none = plan_pair(10, 5, 10, reading(TokenTruncation::kNone));
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().reason(), "Input too large. The tokenized input length [15] exceeds the maximum sequence length [10]");
}

TEST(PlanPairTest, WindowsShareTheSpanAndCoverTheText) {
  for (const size_t second : {8U, 9U, 14U, 15U, 40U}) {
    const auto plan = plan_pair(3, second, 10, reading(TokenTruncation::kNone, 2));
    ASSERT_TRUE(plan.has_value()) << second;
    size_t covered = 0;
    for (size_t i = 0; i < plan->windows.size(); ++i) {
      const auto& window = plan->windows[i];
      EXPECT_LE(window.end - window.begin, 7U);
      EXPECT_EQ(window.begin, i == 0 ? 0 : covered - 2) << second;
      covered = window.end;
    }
    EXPECT_EQ(covered, second);
  }
  EXPECT_FALSE(plan_pair(8, 20, 10, reading(TokenTruncation::kNone, 2)).has_value());
  EXPECT_FALSE(plan_pair(3, 1'000'000, 10, reading(TokenTruncation::kNone, 6)).has_value()) << "the number of windows is bounded";
}

TEST(CombineSpansTest, TheBestOrTheMeanOfTheWindowsCounts) {
  const std::vector<float> scores = {-1.0F, 4.0F, 0.0F};
  EXPECT_DOUBLE_EQ(combine_spans(scores, SpanScores::kMax), 4.0);
  EXPECT_DOUBLE_EQ(combine_spans(scores, SpanScores::kMean), 1.0);
}

}  // namespace
}  // namespace selene::models
