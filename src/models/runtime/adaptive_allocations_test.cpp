#include "models/runtime/adaptive_allocations.h"

#include <gtest/gtest.h>

namespace selene::models {
namespace {

TEST(AdaptiveAllocationsTest, AsManyAsTheThreadsCarryWithinTheBounds) {
  EXPECT_EQ(allocations_in_use({}, 1, 8), 8);
  EXPECT_EQ(allocations_in_use({}, 2, 8), 4);
  EXPECT_EQ(allocations_in_use({.least = 0, .most = 32}, 1, 8), 8);
  EXPECT_EQ(allocations_in_use({.least = 0, .most = 3}, 1, 8), 3);
  EXPECT_EQ(allocations_in_use({.least = 0, .most = 3}, 4, 8), 2);
}

TEST(AdaptiveAllocationsTest, AtLeastOneAndTheMinimum) {
  EXPECT_EQ(allocations_in_use({}, 16, 2), 1);
  EXPECT_EQ(allocations_in_use({.least = 0, .most = 1}, 1, 8), 1);
  EXPECT_EQ(allocations_in_use({.least = 4, .most = 8}, 1, 2), 4);
}

}  // namespace
}  // namespace selene::models
