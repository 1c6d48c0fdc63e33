#include "base/time_value.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

namespace selene::base {
namespace {

std::string error_of(std::string_view text) {
  const auto value = parse_time_value_ms(text, "timeout");
  return value.has_value() ? "no error" : value.error().reason();
}

TEST(TimeValueTest, EveryUnit) {
  const std::pair<std::string_view, int64_t> cases[] = {{"30s", 30000},
                                                        {"500ms", 500},
                                                        {"1m", 60000},
                                                        {"2h", 7200000},
                                                        {"1d", 86400000},
                                                        {"0", 0},
                                                        {"-1", -1},
                                                        {"0s", 0},
                                                        {"1500micros", 1},
                                                        {"999999nanos", 0},
                                                        {"1S", 1000},
                                                        {"2 m", 120000},
                                                        {"106751d", 9223286400000}};
  for (const auto& [text, ms] : cases) {
    const auto value = parse_time_value_ms(text, "timeout");
    ASSERT_TRUE(value.has_value()) << text;
    EXPECT_EQ(*value, ms) << text;
  }
}

TEST(TimeValueTest, MissingUnitIsNamedAsElasticsearchDoes) {
  EXPECT_EQ(error_of("10"), "failed to parse setting [timeout] with value [10] as a time value: unit is missing or unrecognized");
  EXPECT_EQ(error_of("5w"), "failed to parse setting [timeout] with value [5w] as a time value: unit is missing or unrecognized");
  EXPECT_EQ(error_of(""), "failed to parse setting [timeout] with value [] as a time value: unit is missing or unrecognized");
}

TEST(TimeValueTest, WrongNumbersAreRefused) {
  EXPECT_EQ(error_of("xs"), "failed to parse [xs]");
  EXPECT_EQ(error_of("1.5h"), "failed to parse [1.5h]");
  EXPECT_EQ(error_of("-5s"), "failed to parse [-5s]");
  EXPECT_EQ(error_of("s"), "failed to parse [s]");
  EXPECT_EQ(error_of("99999999999999d"), "failed to parse [99999999999999d]");
  const auto value = parse_time_value_ms("xs", "timeout");
  ASSERT_NE(value.error().cause(), nullptr);
  EXPECT_EQ(value.error().cause()->code(), ErrorCode::kNumberFormat);
}

TEST(TimeValueTest, PrintsTheLargestExactUnit) {
  EXPECT_EQ(format_time_value(90000), "90s");
  EXPECT_EQ(format_time_value(60000), "1m");
  EXPECT_EQ(format_time_value(1), "1ms");
  EXPECT_EQ(format_time_value(172800000), "2d");
  EXPECT_EQ(format_time_value(-1), "-1");
  EXPECT_EQ(format_time_value(0), "0");
}

RC_GTEST_PROP(TimeValueTest, PrintedValuesReadBack, (int32_t seed)) {
  const int64_t ms = std::abs(static_cast<int64_t>(seed));
  RC_ASSERT(parse_time_value_ms(format_time_value(ms), "x").value() == ms);
}

}  // namespace
}  // namespace selene::base
