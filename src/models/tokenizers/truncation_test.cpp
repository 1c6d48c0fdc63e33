#include "models/tokenizers/truncation.h"

#include <gtest/gtest.h>

namespace selene::models {
namespace {

std::pair<size_t, size_t> cut(size_t first, size_t second, size_t max_tokens, Truncation truncation) {
  const auto lengths = truncate_pair({first, second}, max_tokens, truncation);
  return lengths.has_value() ? std::pair(lengths->first, lengths->second) : std::pair(SIZE_MAX, SIZE_MAX);
}
using Lengths = std::pair<size_t, size_t>;

TEST(TruncationTest, WhatFitsStays) {
  for (const Truncation t : {Truncation::kLongestFirst, Truncation::kOnlyFirst, Truncation::kOnlySecond, Truncation::kBalanced}) {
    EXPECT_EQ(cut(3, 4, 7, t), Lengths(3, 4));
    EXPECT_EQ(cut(0, 0, 0, t), Lengths(0, 0));
  }
  EXPECT_EQ(cut(30, 40, 7, Truncation::kNone), Lengths(30, 40));
}

TEST(TruncationTest, LongestFirstKeepsTheShorterWholeIfItCan) {
  EXPECT_EQ(cut(2, 9, 7, Truncation::kLongestFirst), Lengths(2, 5));
  EXPECT_EQ(cut(9, 2, 7, Truncation::kLongestFirst), Lengths(5, 2));
  EXPECT_EQ(cut(8, 8, 7, Truncation::kLongestFirst), Lengths(3, 4));
  EXPECT_EQ(cut(9, 8, 7, Truncation::kLongestFirst), Lengths(4, 3));
  EXPECT_EQ(cut(4, 4, 7, Truncation::kLongestFirst), Lengths(3, 4));
  EXPECT_EQ(cut(0, 9, 7, Truncation::kLongestFirst), Lengths(0, 7));
  EXPECT_EQ(cut(5, 5, 0, Truncation::kLongestFirst), Lengths(0, 0));
}

// Elasticsearch's rule: half of the room for the first text if the second is longer than the other half, else what that leaves.
TEST(TruncationTest, BalancedGivesTheFirstHalfOrWhatTheSecondLeaves) {
  EXPECT_EQ(cut(9, 9, 7, Truncation::kBalanced), Lengths(3, 4));
  EXPECT_EQ(cut(2, 9, 7, Truncation::kBalanced), Lengths(2, 5));
  EXPECT_EQ(cut(9, 2, 7, Truncation::kBalanced), Lengths(5, 2));
  EXPECT_EQ(cut(9, 3, 7, Truncation::kBalanced), Lengths(4, 3));
  EXPECT_EQ(cut(9, 4, 7, Truncation::kBalanced), Lengths(3, 4));
  EXPECT_EQ(cut(0, 9, 7, Truncation::kBalanced), Lengths(0, 7));
  EXPECT_EQ(cut(5, 5, 0, Truncation::kBalanced), Lengths(0, 0));
}

TEST(TruncationTest, OnlyOneIsCutAndKeepsAToken) {
  EXPECT_EQ(cut(3, 9, 7, Truncation::kOnlySecond), Lengths(3, 4));
  EXPECT_EQ(cut(9, 3, 7, Truncation::kOnlyFirst), Lengths(4, 3));
  EXPECT_EQ(cut(6, 9, 7, Truncation::kOnlySecond), Lengths(6, 1));
  const auto refused = truncate_pair({7, 9}, 7, Truncation::kOnlySecond);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), base::ErrorCode::kIllegalArgument);
  EXPECT_EQ(refused.error().reason(),
            "the first text has [7] tokens, which leaves no room for the second one: both together may have [7]");
  EXPECT_FALSE(truncate_pair({9, 7}, 7, Truncation::kOnlyFirst).has_value());
}

}  // namespace
}  // namespace selene::models
