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

TEST(AdaptiveAllocationsTest, FixedSizesAreBoundedByTheThreads) {
  const DeploymentOptions two = sized({}, {.threads_per_allocation = 2, .num_allocations = 3}, 4);
  EXPECT_EQ(two.num_threads, 2);
  EXPECT_EQ(two.num_allocations, 2);
  const DeploymentOptions one = sized({}, {.threads_per_allocation = 8, .num_allocations = 3}, 4);
  EXPECT_EQ(one.num_threads, 4);
  EXPECT_EQ(one.num_allocations, 1);
}

TEST(AdaptiveAllocationsTest, AdaptiveOnesWorkAsOneWideAllocation) {
  const DeploymentSize size{.threads_per_allocation = 1, .num_allocations = 1, .adaptive = AllocationBounds{0, 3}};
  EXPECT_EQ(current_allocations(size, 8), 3);
  const DeploymentOptions options = sized({.queue_capacity = 7}, size, 8);
  EXPECT_EQ(options.num_threads, 3);
  EXPECT_EQ(options.num_allocations, 1);
  EXPECT_EQ(options.queue_capacity, 7);
  EXPECT_TRUE(size.scales_to_zero());
  EXPECT_FALSE((DeploymentSize{.adaptive = AllocationBounds{1, 3}}.scales_to_zero()));
}

}  // namespace
}  // namespace selene::models
