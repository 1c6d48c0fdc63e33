#include "index/store/stored_value.h"

#include <gtest/gtest.h>

namespace selene::index {
namespace {

void expect_round_trip(const StoredValue& value) {
  const std::string bytes = encode_stored_value(value);
  const StoredValue read = decode_stored_value(bytes).value();
  EXPECT_EQ(read.deleted, value.deleted);
  EXPECT_EQ(read.version, value.version);
  EXPECT_EQ(read.seq_no, value.seq_no);
  EXPECT_EQ(read.routing, value.routing);
  EXPECT_EQ(read.source, value.source);
  EXPECT_EQ(read.inference, value.inference);
}

TEST(StoredValueTest, WhatIsWrittenIsRead) {
  expect_round_trip({false, 3, 70000, "r", R"({"a":1})"});
  expect_round_trip({true, 1, 0, "", ""});
  expect_round_trip({false, 3, 7, "r", R"({"a":1})", R"({"a":{"chunks":[]}})"});
}

TEST(StoredValueTest, DocumentsWithoutEmbeddingsHaveTheBytesOfOld) {
  EXPECT_EQ(encode_stored_value({false, 1, 2, "", "{}"}), std::string("\x01\x01\x02\x00{}", 6));
}

TEST(StoredValueTest, DamageIsFound) {
  const std::string whole = encode_stored_value({false, 1, 2, "routing", "{}", "inference"});
  for (size_t length = 0; length < whole.size() - 2; ++length)
    EXPECT_FALSE(decode_stored_value(std::string_view(whole).substr(0, length)).has_value()) << length;
  EXPECT_FALSE(decode_stored_value(std::string("\x04\x01\x02\x00{}", 6)).has_value());
}

}  // namespace
}  // namespace selene::index
