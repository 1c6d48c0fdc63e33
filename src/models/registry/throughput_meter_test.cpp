#include "models/registry/throughput_meter.h"

#include <gtest/gtest.h>

namespace selene::models {
namespace {

constexpr int64_t kMinute = 60000;

TEST(ThroughputMeterTest, TheLastMinuteIsTheWholeOneBefore) {
  ThroughputMeter meter;
  meter.add(10 * kMinute, 3);
  meter.add(10 * kMinute + 59999, 4);
  EXPECT_EQ(meter.last_minute(10 * kMinute + 59999), 0);
  EXPECT_EQ(meter.last_minute(11 * kMinute), 7);
  meter.add(11 * kMinute, 1);
  EXPECT_EQ(meter.last_minute(11 * kMinute + 1), 7);
  EXPECT_EQ(meter.last_minute(12 * kMinute), 1);
  EXPECT_EQ(meter.last_minute(13 * kMinute), 0);
}

TEST(ThroughputMeterTest, ThePeakIsTheBusiestMinute) {
  ThroughputMeter meter;
  EXPECT_EQ(meter.peak(), 0);
  meter.add(10 * kMinute, 5);
  EXPECT_EQ(meter.peak(), 5);
  meter.add(11 * kMinute, 9);
  meter.add(20 * kMinute, 2);
  EXPECT_EQ(meter.peak(), 9);
}

}  // namespace
}  // namespace selene::models
