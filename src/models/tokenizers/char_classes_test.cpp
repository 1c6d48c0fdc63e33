#include "models/tokenizers/char_classes.h"

#include <gtest/gtest.h>

namespace selene::models {
namespace {

TEST(CharClassesTest, AsciiIsAsTheUnicodeTablesHaveIt) {
  for (char32_t c = 0; c < 0x80; ++c) EXPECT_EQ(char_classes(c), other_char_classes(c)) << static_cast<uint32_t>(c);
}

TEST(CharClassesTest, OtherScriptsHaveClassesToo) {
  EXPECT_EQ(char_classes(U'\u00E9'), kLetterClass | kWordClass);
  EXPECT_EQ(char_classes(U'\u2028'), kBlankClass);
  EXPECT_NE(char_classes(U'\u0301') & kMarkClass, 0);
  EXPECT_EQ(char_classes(0x110000), 0);
}

}  // namespace
}  // namespace selene::models
