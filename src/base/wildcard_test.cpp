#include "base/wildcard.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

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

TEST(WildcardTest, QuestionMarkOfAGlobIsOneCodePoint) {
  EXPECT_TRUE(matches_glob("a?c", "abc"));
  EXPECT_TRUE(matches_glob("a?c", "a\u00e9c"));
  EXPECT_TRUE(matches_glob("?*?", "\U0001F600z"));
  EXPECT_FALSE(matches_glob("??", "\u00e9"));
  EXPECT_FALSE(matches_glob("?", ""));
  EXPECT_TRUE(matches_glob("*?", "\xff"));
  EXPECT_TRUE(matches_glob("*a?*", "bab"));
}

/// The definition, by recursion.
bool matches_slowly(std::string_view pattern, std::string_view text, bool glob) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    for (size_t n = 0; n <= text.size(); ++n) {
      if (matches_slowly(pattern.substr(1), text.substr(n), glob)) return true;
    }
    return false;
  }
  const bool same = !text.empty() && (text[0] == pattern[0] || (glob && pattern[0] == '?'));
  return same && matches_slowly(pattern.substr(1), text.substr(1), glob);
}

RC_GTEST_PROP(WildcardTest, AgreesWithTheDefinition, (const std::vector<uint8_t>& choices)) {
  std::string pattern;
  std::string text;
  for (size_t i = 0; i < choices.size() && i < 20; ++i) {
    if (i % 3 == 0) {
      pattern += "ab*?"[choices[i] % 4];
    } else {
      text += "ab"[choices[i] % 2];
    }
  }
  RC_ASSERT(matches_wildcard(pattern, text) == matches_slowly(pattern, text, false));
  RC_ASSERT(matches_glob(pattern, text) == matches_slowly(pattern, text, true));
}

TEST(WildcardTest, ManyStarsStayFast) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "a*";
  pattern += "b";
  // 2^200 steps for a matcher that tries each split.
  EXPECT_FALSE(matches_wildcard(pattern, std::string(5000, 'a')));
  EXPECT_FALSE(matches_glob(pattern, std::string(5000, 'a')));
}

}  // namespace
}  // namespace selene::base
