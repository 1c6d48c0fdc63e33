#include "models/ops/thread_team.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

namespace selene::models {
namespace {

TEST(ThreadTeamTest, EveryTaskRunsOnceAndIsSeenByTheCaller) {
  for (const int32_t threads : {1, 2, 5}) {
    ThreadTeam team(threads);
    EXPECT_EQ(team.num_threads(), threads);
    for (const int64_t tasks : {0, 1, 2, 3, 100}) {
      std::vector<int> runs(static_cast<size_t>(tasks), 0);  // not atomic: each element belongs to one task
      team.run(tasks, [&](int64_t task, int32_t thread) {
        EXPECT_GE(thread, 0);
        EXPECT_LT(thread, threads);
        ++runs[static_cast<size_t>(task)];
      });
      EXPECT_EQ(runs, std::vector<int>(static_cast<size_t>(tasks), 1));
    }
  }
}

TEST(ThreadTeamTest, LoopsFollowEachOther) {
  ThreadTeam team(3);
  std::vector<int64_t> values(64, 0);
  for (int64_t round = 0; round < 500; ++round) {
    team.run(64, [&](int64_t task, int32_t) { values[static_cast<size_t>(task)] += round; });
  }
  EXPECT_EQ(values, std::vector<int64_t>(64, 499 * 500 / 2));
}

TEST(ThreadTeamTest, EndsWithoutWork) {
  for (int i = 0; i < 20; ++i) ThreadTeam team(4);
}

}  // namespace
}  // namespace selene::models
