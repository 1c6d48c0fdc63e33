#include "index/formats/norms.h"

#include <gtest/gtest.h>

namespace selene::index {
namespace {

TEST(NormsTest, LengthsUpTo39AreExact) {
  for (uint32_t length = 0; length <= 39; ++length) EXPECT_EQ(decode_norm(encode_norm(length)), length);
}

// Values of Lucene's SmallFloat.byte4ToInt.
TEST(NormsTest, LongLengthsRoundDownAsInLucene) {
  EXPECT_EQ(decode_norm(encode_norm(40)), 40U);
  EXPECT_EQ(decode_norm(encode_norm(41)), 40U);
  EXPECT_EQ(decode_norm(encode_norm(42)), 42U);
  EXPECT_EQ(decode_norm(encode_norm(100)), 96U);
  EXPECT_EQ(decode_norm(encode_norm(1000)), 984U);
  EXPECT_EQ(decode_norm(255), 2013265944U);
  EXPECT_EQ(encode_norm(INT32_MAX), 255);
}

TEST(NormsTest, EveryByteIsItsOwnLengthsByteAndLengthsRise) {
  for (uint32_t byte = 0; byte < 256; ++byte) {
    const uint32_t length = decode_norm(static_cast<uint8_t>(byte));
    EXPECT_EQ(encode_norm(length), byte);
    if (byte == 0) continue;
    EXPECT_GT(length, decode_norm(static_cast<uint8_t>(byte - 1)));
  }
}

}  // namespace
}  // namespace selene::index
