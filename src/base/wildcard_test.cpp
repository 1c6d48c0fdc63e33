#include "base/wildcard.h"

#include <gtest/gtest.h>

#include <string>

namespace selene::base {
namespace {

TEST(WildcardTest, StarMatchesAnyRun) {
  EXPECT_TRUE(matches_wildcard("*", ""));
  EXPECT_TRUE(matches_wildcard("a*", "a"));
  EXPECT_TRUE(matches_wildcard("a*c", "abbbc"));
  EXPECT_TRUE(matches_wildcard("*b*", "abc"));
  EXPECT_TRUE(matches_wildcard("a*b*c", "a-b-b-c"));
  EXPECT_FALSE(matches_wildcard("a*c", "abcd"));
  EXPECT_FALSE(matches_wildcard("", "a"));
  EXPECT_TRUE(matches_wildcard("", ""));
  EXPECT_FALSE(matches_wildcard("a?c", "abc"));
}

TEST(WildcardTest, ManyStarsStayFast) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "a*";
  pattern += "b";
  // 2^200 steps for a matcher that tries each split.
  EXPECT_FALSE(matches_wildcard(pattern, std::string(5000, 'a')));
}

}  // namespace
}  // namespace selene::base
