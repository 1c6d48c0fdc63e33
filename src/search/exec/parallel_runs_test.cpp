#include "search/exec/parallel_runs.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

#include "base/thread_pool.h"

namespace selene::search {
namespace {

TEST(ParallelRunsTest, EachRunsOnce) {
  base::ThreadPool pool("runs", 3, 4);
  for (const size_t count : {size_t{0}, size_t{1}, size_t{2}, size_t{100}}) {
    std::vector<std::atomic<int>> times(count);
    run_in_parallel({.pool = &pool, .num_helpers = 5}, count, [&](size_t i) { ++times[i]; });
    for (const auto& one : times) EXPECT_EQ(one, 1);
  }
}

TEST(ParallelRunsTest, WithoutThreadsTheCallerDoesAllInOrder) {
  std::vector<size_t> order;
  run_in_parallel({}, 4, [&](size_t i) { order.push_back(i); });
  EXPECT_EQ(order, (std::vector<size_t>{0, 1, 2, 3}));
}

TEST(ParallelRunsTest, AStoppedPoolLeavesAllToTheCaller) {
  base::ThreadPool pool("runs", 1, 1);
  pool.stop();
  int count = 0;
  run_in_parallel({.pool = &pool, .num_helpers = 3}, 4, [&](size_t) { ++count; });
  EXPECT_EQ(count, 4);
}

TEST(ParallelRunsTest, AnExceptionIsThrownOnceAllAreDone) {
  base::ThreadPool pool("runs", 2, 4);
  std::atomic<int> count = 0;
  const auto run = [&](size_t i) {
    ++count;
    if (i == 3) throw std::runtime_error("third");
  };
  EXPECT_THROW(run_in_parallel({.pool = &pool, .num_helpers = 2}, 10, run), std::runtime_error);
  EXPECT_EQ(count, 10);
}

}  // namespace
}  // namespace selene::search
