#include "base/memory_budget.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace selene::base {
namespace {

TEST(MemoryBudgetTest, SharesAreGivenBack) {
  MemoryBudget budget("parent", 100);
  {
    auto share = budget.take(60, "a");
    ASSERT_TRUE(share.has_value());
    EXPECT_EQ(budget.used(), 60U);
    MemoryShare moved = std::move(*share);
    EXPECT_EQ(moved.bytes(), 60U);
    EXPECT_EQ(budget.used(), 60U);
    ASSERT_TRUE(moved.grow_to(100, "a").has_value());
    ASSERT_TRUE(moved.grow_to(10, "a").has_value());
    EXPECT_EQ(budget.used(), 100U);
  }
  EXPECT_EQ(budget.used(), 0U);
}

TEST(MemoryBudgetTest, OverTheLimitIsElasticsearchsCircuitBreaker) {
  MemoryBudget budget("parent", 1 << 20);
  auto first = budget.take(1 << 20, "a");
  ASSERT_TRUE(first.has_value());
  const auto second = budget.take(1536, "<http_request>");
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code(), ErrorCode::kCircuitBreaking);
  EXPECT_EQ(second.error().reason(),
            "[parent] Data too large, data for [<http_request>] would be [1050112/1mb], which is larger than the limit of "
            "[1048576/1mb]");
  EXPECT_FALSE(first->grow_to((1 << 20) + 1, "a").has_value());
  EXPECT_EQ(first->bytes(), size_t{1} << 20);
  EXPECT_EQ(budget.used(), size_t{1} << 20);
}

TEST(MemoryBudgetTest, HugeWishesDoNotWrapAround) {
  MemoryBudget budget("parent", 100);
  auto share = budget.take(50, "a");
  EXPECT_FALSE(budget.take(SIZE_MAX, "b").has_value());
  EXPECT_EQ(budget.used(), 50U);
}

TEST(MemoryBudgetTest, ThreadsNeverHoldMoreThanTheLimit) {
  MemoryBudget budget("parent", 10);
  std::vector<std::thread> threads;
  std::atomic<bool> over{false};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        const auto share = budget.take(4, "t");
        if (budget.used() > 10) over = true;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(over);
  EXPECT_EQ(budget.used(), 0U);
}

TEST(MemoryBudgetTest, SizesPrintAsElasticsearchDoes) {
  EXPECT_EQ(format_bytes(0), "0b");
  EXPECT_EQ(format_bytes(1023), "1023b");
  EXPECT_EQ(format_bytes(1024), "1kb");
  EXPECT_EQ(format_bytes(1536), "1.5kb");
  EXPECT_EQ(format_bytes(100U << 20), "100mb");
  EXPECT_EQ(format_bytes((size_t{3} << 30) - 1), "2.9gb");
  EXPECT_EQ(format_bytes(SIZE_MAX), "16383.9pb");
}

}  // namespace
}  // namespace selene::base
