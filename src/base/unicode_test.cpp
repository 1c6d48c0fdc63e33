#include "base/unicode.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace selene::base {
namespace {

constexpr std::string_view kBad = "\xEF\xBF\xBD";

TEST(UnicodeTest, EveryCodePointComesBack) {
  for (char32_t point = 0; point <= 0x10FFFF; ++point) {
    if (point == 0xD800) point = 0xE000;
    std::string text;
    append_utf8(text, point);
    size_t pos = 0;
    ASSERT_EQ(decode_utf8(text, pos), point);
    ASSERT_EQ(pos, text.size());
    ASSERT_TRUE(is_valid_utf8(text));
    ASSERT_EQ(utf16_length(text), point < 0x10000 ? 1U : 2U);
  }
}

TEST(UnicodeTest, SurrogatesOverlongFormsAndCutSequencesAreIllFormed) {
  for (const std::string_view text : {"\xED\xA0\x80", "\xED\xBF\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF",
                                      "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\x80", "\xC3", "\xE2\x82", "\xF0\x9F\x98", "\xFF"}) {
    EXPECT_FALSE(is_valid_utf8(text)) << text;
    EXPECT_EQ(utf8_sequence_length(text, 0), 0U);
  }
  EXPECT_TRUE(is_valid_utf8(""));
}

TEST(UnicodeTest, RepairReplacesEachMaximalPrefixOnce) {
  // The example of the Unicode Standard, table 3-8.
  const std::string r(kBad);
  EXPECT_EQ(repair_utf8("\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64"), "a" + r + r + r + "b" + r + "c" + r + r + "d");
  EXPECT_EQ(repair_utf8("plain"), "plain");
}

TEST(UnicodeTest, NoCodePointBecomesTheReplacementCharacter) {
  std::string out;
  append_utf8(out, 0xD800);
  append_utf8(out, 0x110000);
  EXPECT_EQ(out, std::string(kBad) + std::string(kBad));
}

TEST(UnicodeTest, PrefixDoesNotCutASequence) {
  const std::string_view text = "a\xF0\x9F\x98\x80z";
  EXPECT_EQ(utf8_prefix(text, 0), "");
  EXPECT_EQ(utf8_prefix(text, 1), "a");
  EXPECT_EQ(utf8_prefix(text, 4), "a");
  EXPECT_EQ(utf8_prefix(text, 5), "a\xF0\x9F\x98\x80");
  EXPECT_EQ(utf8_prefix(text, 100), text);
  EXPECT_EQ(utf8_prefix("\x80\x80\x80\x80\x80", 3), "\x80\x80\x80");
}

RC_GTEST_PROP(UnicodeTest, RepairedBytesAreValidAndKeptIfValidBefore, (const std::string& bytes)) {
  const std::string repaired = repair_utf8(bytes);
  RC_ASSERT(is_valid_utf8(repaired));
  RC_ASSERT(is_valid_utf8(bytes) == (repaired == bytes));
  RC_ASSERT(utf16_length(repaired) == utf16_length(bytes));
}

}  // namespace
}  // namespace selene::base
