#include "models/layers/dynamic_range.h"

#include <gtest/gtest.h>

#include <vector>

namespace selene::models {
namespace {

std::vector<float> rounded(std::vector<float> x) {
  round_to_dynamic_range(x.data(), x.data(), 1, static_cast<int64_t>(x.size()), static_cast<int64_t>(x.size()));
  return x;
}

TEST(DynamicRangeTest, ZeroStaysZeroAndEndsStayEnds) {
  EXPECT_EQ(rounded({0.0F, 0.0F}), (std::vector<float>{0.0F, 0.0F}));
  const std::vector<float> y = rounded({-1.0F, 0.0F, 126.0F});
  EXPECT_EQ(y, (std::vector<float>{-1.0F, 0.0F, 126.0F}));
}

TEST(DynamicRangeTest, ValuesAreMultiplesOfTheStep) {
  const std::vector<float> y = rounded({0.0F, 12.7F, 0.14F, 0.16F, 0.25F, 0.35F});  // step 0.1; halves go to the even one
  const std::vector<float> expected = {0.0F, 12.7F, 0.1F, 0.2F, 0.2F, 0.4F};
  for (size_t i = 0; i < 4; ++i) EXPECT_NEAR(y[i], expected[i], 1e-6) << i;
}

TEST(DynamicRangeTest, OneSignOnlyReachesToZero) {
  const std::vector<float> y = rounded({5.0F, 10.0F});
  EXPECT_NEAR(y[0], 5.0F, 10.0F / 127 / 2 + 1e-6);
  EXPECT_FLOAT_EQ(y[1], 10.0F);
}

TEST(DynamicRangeTest, WhatPadsRowsDoesNotWidenTheRange) {
  const std::vector<float> x = {0.0F, 12.7F, 900.0F, 0.1F, 0.2F, -900.0F};
  std::vector<float> y(x.size());
  round_to_dynamic_range(x.data(), y.data(), 2, 2, 3);
  const std::vector<float> expected = {0.0F, 12.7F, 0.0F, 0.1F, 0.2F, 0.0F};
  for (size_t i = 0; i < y.size(); ++i) EXPECT_NEAR(y[i], expected[i], 1e-6) << i;
}

}  // namespace
}  // namespace selene::models
