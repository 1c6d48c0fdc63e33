#include "rest/parameter_values.h"

#include <gtest/gtest.h>

namespace selene::rest {
namespace {

std::string reason(const std::string& name, const std::string& value) {
  const base::Status status = check_parameter_values({{name, value}});
  return status ? "" : status.error().reason();
}

TEST(ParameterValuesTest, BooleansAreTrueFalseOrEmpty) {
  for (const char* value : {"", "true", "false"}) {
    EXPECT_EQ(reason("request_cache", value), "");
    EXPECT_EQ(reason("ignore_throttled", value), "");
  }
  for (const char* name : {"active_only", "lenient", "realtime", "write_index_only"})
    EXPECT_EQ(reason(name, "x"), "Failed to parse value [x] as only [true] or [false] are allowed.");
}

TEST(ParameterValuesTest, FlagsOfIndexNamesAreNamed) {
  const base::Status status = check_parameter_values({{"ignore_unavailable", "x"}});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().reason(), "Could not convert [ignore_unavailable] to boolean");
  ASSERT_NE(status.error().cause(), nullptr);
  EXPECT_EQ(status.error().cause()->reason(), "Failed to parse value [x] as only [true] or [false] are allowed.");
}

TEST(ParameterValuesTest, WholeNumbersHaveAKindAndAMinimum) {
  EXPECT_EQ(reason("batched_reduce_size", "2"), "");
  EXPECT_EQ(reason("batched_reduce_size", "1"), "batchedReduceSize must be >= 2");
  EXPECT_EQ(reason("pre_filter_shard_size", "1.5"), "Failed to parse int parameter [pre_filter_shard_size] with value [1.5]");
  EXPECT_EQ(reason("if_seq_no", ""), "Failed to parse long parameter [if_seq_no] with value []");
  EXPECT_EQ(reason("if_seq_no", "-1"), "");
}

TEST(ParameterValuesTest, NamesOfSeveralKindsAreLeftToTheirCalls) {
  EXPECT_EQ(reason("version", "x"), "");
  EXPECT_EQ(reason("refresh", "x"), "");
}

}  // namespace
}  // namespace selene::rest
