#include "base/clock.h"

#include <gtest/gtest.h>

namespace selene::base {
namespace {

TEST(ClockTest, ManualClockMovesBothTimesTogether) {
  ManualClock clock(1000);
  EXPECT_EQ(clock.wall_ms(), 1000);
  const auto before = clock.monotonic();
  clock.advance(std::chrono::milliseconds(250));
  EXPECT_EQ(clock.wall_ms(), 1250);
  EXPECT_EQ(clock.monotonic() - before, std::chrono::milliseconds(250));
}

TEST(ClockTest, SystemClockGoesForwardInThisCentury) {
  const auto before = system_clock().monotonic();
  EXPECT_GE(system_clock().monotonic(), before);
  EXPECT_GT(system_clock().wall_ms(), int64_t{1'577'836'800'000});  // 2020
}

}  // namespace
}  // namespace selene::base
