#include "models/runtime/bounded_cache.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace selene::models {
namespace {

TEST(BoundedCacheTest, FindsWhatWasPut) {
  BoundedCache<int> cache(10'000);
  EXPECT_EQ(cache.find("a"), std::nullopt);
  cache.put("a", 1, 0);
  cache.put(std::string_view("a\0b", 3), 2, 0);
  EXPECT_EQ(cache.find("a"), 1);
  EXPECT_EQ(cache.find(std::string_view("a\0b", 3)), 2);
  EXPECT_EQ(cache.find("b"), std::nullopt);
  EXPECT_EQ(cache.counters().num_hits, 2);
  EXPECT_EQ(cache.counters().num_misses, 2);
}

TEST(BoundedCacheTest, FirstValueOfAKeyStays) {
  BoundedCache<int> cache(10'000);
  cache.put("a", 1, 0);
  const int64_t size_bytes = cache.counters().size_bytes;
  cache.put("a", 2, 0);
  EXPECT_EQ(cache.find("a"), 1);
  EXPECT_EQ(cache.counters().size_bytes, size_bytes);
}

TEST(BoundedCacheTest, LeastRecentlyUsedGoesFirst) {
  BoundedCache<int> probe(10'000);
  probe.put("a", 1, 0);
  BoundedCache<int> cache(2 * probe.counters().size_bytes);  // room for two
  cache.put("a", 1, 0);
  cache.put("b", 2, 0);
  EXPECT_EQ(cache.find("a"), 1);
  cache.put("c", 3, 0);
  EXPECT_EQ(cache.find("b"), std::nullopt);
  EXPECT_EQ(cache.find("a"), 1);
  EXPECT_EQ(cache.find("c"), 3);
  EXPECT_EQ(cache.counters().size_bytes, 2 * probe.counters().size_bytes);
}

TEST(BoundedCacheTest, StaysWithinItsBytes) {
  BoundedCache<std::string> cache(5'000);
  for (int i = 0; i < 1'000; ++i) {
    cache.put(std::to_string(i), std::string(static_cast<size_t>(i), 'x'), i);
    EXPECT_LE(cache.counters().size_bytes, 5'000);
  }
  cache.put("huge", std::string(6'000, 'x'), 6'000);
  EXPECT_EQ(cache.find("huge"), std::nullopt);
  EXPECT_GT(cache.counters().size_bytes, 0);
}

TEST(BoundedCacheTest, CapacityOfZeroKeepsAndCountsNothing) {
  BoundedCache<int> cache(0);
  cache.put("a", 1, 0);
  EXPECT_EQ(cache.find("a"), std::nullopt);
  EXPECT_EQ(cache.counters().num_misses, 0);
  EXPECT_EQ(cache.counters().size_bytes, 0);
}

TEST(BoundedCacheTest, ThreadsFindOnlyWhatBelongsToTheKey) {
  BoundedCache<int> cache(4'000);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&cache] {
      for (int i = 0; i < 2'000; ++i) {
        const int key = i * 7 % 50;
        if (const auto value = cache.find(std::to_string(key)); value.has_value()) {
          EXPECT_EQ(*value, key);
        } else {
          cache.put(std::to_string(key), key, 0);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(cache.counters().num_hits + cache.counters().num_misses, 8'000);
}

}  // namespace
}  // namespace selene::models
