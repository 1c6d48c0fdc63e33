#include "index/store/crc32c.h"

#include <gtest/gtest.h>

#include <string>

namespace selene::index {
namespace {

TEST(Crc32cTest, GivesTheValuesOfRfc3720) {
  EXPECT_EQ(crc32c(0, std::string(32, '\0')), 0x8A9136AAU);
  EXPECT_EQ(crc32c(0, std::string(32, '\xFF')), 0x62A8AB43U);
  std::string ascending;
  for (char byte = 0; byte < 32; ++byte) ascending.push_back(byte);
  EXPECT_EQ(crc32c(0, ascending), 0x46DD794EU);
  EXPECT_EQ(crc32c(0, "123456789"), 0xE3069283U);
}

TEST(Crc32cTest, GoesOnFromAnEarlierPart) {
  const std::string_view text = "the write-ahead log of the store";
  EXPECT_EQ(crc32c(crc32c(0, text.substr(0, 11)), text.substr(11)), crc32c(0, text));
}

}  // namespace
}  // namespace selene::index
