#include "index/mapping/range_bounds.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "index/mapping/document_parser.h"
#include "index/mapping/ip_address.h"

namespace selene::index {
namespace {

constexpr FieldType kTypes[] = {FieldType::kIntegerRange, FieldType::kLongRange, FieldType::kFloatRange,
                                FieldType::kDoubleRange,  FieldType::kDateRange, FieldType::kIpRange};

std::string bound_of(double number) { return encode_bound(encode_sortable(number)); }

TEST(RangeBoundsTest, BytesAreInTheOrderOfNumbers) {
  const std::vector<int64_t> numbers = {std::numeric_limits<int64_t>::min(), -256, -1, 0, 1, 255, 256,
                                        std::numeric_limits<int64_t>::max()};
  for (size_t i = 0; i < numbers.size(); ++i) {
    EXPECT_EQ(decode_bound(encode_bound(numbers[i])), numbers[i]);
    if (i == 0) continue;
    EXPECT_LT(encode_bound(numbers[i - 1]), encode_bound(numbers[i])) << numbers[i];
  }
  EXPECT_LT(bound_of(-HUGE_VAL), bound_of(-1.5));
  EXPECT_LT(bound_of(-1.5), bound_of(2));
}

TEST(RangeBoundsTest, NothingLiesBeyondTheEndsOfAType) {
  for (const FieldType type : kTypes) {
    std::string least = least_bound(type);
    std::string greatest = greatest_bound(type);
    EXPECT_LT(least, greatest) << field_type_name(type);
    EXPECT_FALSE(previous_bound(type, least)) << field_type_name(type);
    EXPECT_FALSE(next_bound(type, greatest)) << field_type_name(type);
  }
  EXPECT_EQ(bound_text(FieldType::kIntegerRange, greatest_bound(FieldType::kIntegerRange)), "2147483647");
  EXPECT_EQ(bound_text(FieldType::kIpRange, least_bound(FieldType::kIpRange)), "::");
}

TEST(RangeBoundsTest, NextAndPreviousAreOneValueApart) {
  for (const FieldType type : kTypes) {
    const std::string start = type == FieldType::kIpRange ? *parse_ip("10.0.0.255") : bound_of(1.5);
    const std::string whole = type == FieldType::kIpRange ? start : encode_bound(7);
    std::string bound = type == FieldType::kFloatRange || type == FieldType::kDoubleRange ? start : whole;
    const std::string before = bound;
    ASSERT_TRUE(next_bound(type, bound));
    EXPECT_GT(bound, before) << field_type_name(type);
    ASSERT_TRUE(previous_bound(type, bound));
    EXPECT_EQ(bound, before) << field_type_name(type);
  }
  std::string bound = bound_of(static_cast<double>(1.1F));
  ASSERT_TRUE(next_bound(FieldType::kFloatRange, bound));
  EXPECT_EQ(bound_text(FieldType::kFloatRange, bound), "1.1000001");
}

TEST(RangeBoundsTest, BothZerosAreOneNumber) {
  EXPECT_FALSE(is_behind(FieldType::kFloatRange, bound_of(0.0), bound_of(-0.0)));
  EXPECT_TRUE(is_behind(FieldType::kDoubleRange, bound_of(0.5), bound_of(0.25)));
  EXPECT_TRUE(is_behind(FieldType::kLongRange, encode_bound(5), encode_bound(3)));
  EXPECT_FALSE(is_behind(FieldType::kLongRange, encode_bound(3), encode_bound(3)));
}

TEST(RangeBoundsTest, TermHoldsBothEnds) {
  const std::string term = encode_bound(3) + encode_bound(9);
  EXPECT_EQ(decode_bound(range_ends(term).from), 3);
  EXPECT_EQ(decode_bound(range_ends(term).to), 9);
}

}  // namespace
}  // namespace selene::index
