#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "index/mapping/calendar.h"
#include "index/mapping/document_parser.h"
#include "search/aggregations/date_rounding.h"
#include "search/aggregations/distinct_counter.h"
#include "search/aggregations/quantile_digest.h"

namespace selene::search {
namespace {

TEST(DistinctCounterTest, IsExactUpToTheThreshold) {
  DistinctCounter counter(100);
  for (uint64_t i = 0; i < 100; ++i) {
    counter.add(mix_bits(i));
    counter.add(mix_bits(i));
  }
  EXPECT_EQ(counter.count(), 100);
}

TEST(DistinctCounterTest, EstimatesWithinAFewPerCentBehindIt) {
  for (const int64_t wanted : {2000, 50000, 1000000}) {
    DistinctCounter counter(1000);
    for (int64_t i = 0; i < wanted; ++i) counter.add(mix_bits(static_cast<uint64_t>(i)));
    EXPECT_NEAR(static_cast<double>(counter.count()), static_cast<double>(wanted), static_cast<double>(wanted) * 0.04);
  }
}

TEST(QuantileDigestTest, RanksOfEqualValuesAreThoseOfARealNode) {
  const auto ranks = [](const std::vector<double>& values, const std::vector<double>& wanted) {
    QuantileDigest digest(100);
    for (const double value : values) digest.add(value);
    std::vector<double> found;
    for (const double x : wanted) found.push_back(std::round(digest.cdf(x) * static_cast<double>(values.size()) * 1e4) / 1e4);
    return found;
  };
  EXPECT_EQ(ranks({1, 2, 2, 2, 3, 5, 5, 9}, {1, 2, 2.5, 3, 4, 5, 9}), (std::vector<double>{0.5, 3, 4, 4.3333, 5, 6, 7.5}));
  EXPECT_EQ(ranks({1, 1, 1, 2, 2, 3, 3, 3, 3, 7}, {1, 2, 2.5, 3, 4, 7}), (std::vector<double>{1.5, 4, 5, 8, 8.5, 9.5}));
  EXPECT_EQ(ranks({2, 2, 2}, {1, 2, 3}), (std::vector<double>{0, 1.5, 3}));
}

TEST(QuantileDigestTest, DigestStaysNearTheTruth) {
  QuantileDigest digest(100);
  uint64_t state = 7;
  std::vector<double> values;
  for (size_t i = 0; i < 3 * QuantileDigest::kMaxExact; ++i) {
    state = mix_bits(state + i);
    values.push_back(static_cast<double>(state % 1000000));
    digest.add(values.back());
  }
  std::sort(values.begin(), values.end());
  for (const double q : {0.0, 0.01, 0.25, 0.5, 0.9, 0.999, 1.0}) {
    const double truth = values[static_cast<size_t>(q * static_cast<double>(values.size() - 1))];
    EXPECT_NEAR(digest.quantile(q), truth, 5000) << q;
    EXPECT_NEAR(digest.cdf(truth), q, 0.005) << q;
  }
}

int64_t ms(std::string_view text) {
  return index::parse_date(text, "strict_date_optional_time", 0, index::DateRounding::kDown).value_or(-1);
}

TEST(DateRoundingTest, CalendarUnitsStartWhereTheClocksSaySo) {
  DateRounding day = *DateRounding::calendar("1d");
  day.set_zone(*TimeZone::parse("Europe/Berlin"));
  EXPECT_EQ(day.round(ms("2020-03-29T12:00:00Z")), ms("2020-03-28T23:00:00Z"));
  EXPECT_EQ(day.next(ms("2020-03-28T23:00:00Z")), ms("2020-03-29T22:00:00Z"));  // 23 hours
  EXPECT_EQ(day.next(ms("2020-10-24T22:00:00Z")), ms("2020-10-25T23:00:00Z"));  // 25 hours
  const DateRounding week = *DateRounding::calendar("week");
  EXPECT_EQ(week.round(ms("2020-03-01T00:00:00Z")), ms("2020-02-24T00:00:00Z"));
  const DateRounding quarter = *DateRounding::calendar("quarter");
  EXPECT_EQ(quarter.round(ms("1969-12-31T23:59:59Z")), ms("1969-10-01T00:00:00Z"));
  EXPECT_EQ(quarter.next(ms("1969-10-01T00:00:00Z")), ms("1970-01-01T00:00:00Z"));
}

TEST(DateRoundingTest, AnHourShownTwiceIsTwoIntervals) {
  DateRounding hour = *DateRounding::calendar("hour");
  hour.set_zone(*TimeZone::parse("Europe/Berlin"));
  EXPECT_EQ(hour.round(ms("2020-10-25T00:30:00Z")), ms("2020-10-25T00:00:00Z"));
  EXPECT_EQ(hour.round(ms("2020-10-25T01:30:00Z")), ms("2020-10-25T01:00:00Z"));
  EXPECT_EQ(hour.next(ms("2020-10-25T00:00:00Z")), ms("2020-10-25T01:00:00Z"));
}

TEST(DateRoundingTest, FixedStepsKeepTheirLocalGridWhenClocksChange) {
  DateRounding step = *DateRounding::fixed("36h");
  step.set_zone(*TimeZone::parse("America/New_York"));
  const int64_t before = step.round(ms("2020-11-01T05:00:00Z"));
  const int64_t behind = step.next(before);
  EXPECT_EQ(behind - before, 37 * index::kMsPerHour);
  EXPECT_EQ(step.round(behind), behind);
}

TEST(DateRoundingTest, MidnightThatIsSkippedIsTheMomentOfTheChange) {
  const TimeZone zone = *TimeZone::parse("America/Sao_Paulo");
  EXPECT_EQ(zone.to_utc(ms("2018-11-04T00:00:00Z")), ms("2018-11-04T03:00:00Z"));
}

TEST(TimeZoneTest, ReadsOffsetsAndNames) {
  EXPECT_EQ(TimeZone::parse("+05:30")->offset_ms(0), 330 * index::kMsPerMinute);
  EXPECT_EQ(TimeZone::parse("-08")->offset_ms(0), -8 * index::kMsPerHour);
  EXPECT_TRUE(TimeZone::parse("Z")->is_utc());
  EXPECT_EQ(TimeZone::parse("Mars/Olympus").error().reason(), "Unknown time-zone ID: Mars/Olympus");
}

}  // namespace
}  // namespace selene::search
