#include "search/query/pattern.h"

#include <gtest/gtest.h>

namespace selene::search {
namespace {

bool wild(std::string_view pattern, std::string_view term, CaseMatching matching = CaseMatching::kSensitive) {
  return TermPattern::wildcard(pattern, matching).matches(term);
}

TEST(TermPatternTest, WildcardsMatchWholeTerms) {
  EXPECT_TRUE(wild("*", ""));
  EXPECT_TRUE(wild("ki*y", "kitty"));
  EXPECT_TRUE(wild("k?tty", "kitty"));
  EXPECT_FALSE(wild("k?tty", "kity"));
  EXPECT_FALSE(wild("kit", "kitty"));
  EXPECT_TRUE(wild("*a*b*", "xxaxxbxx"));
  EXPECT_FALSE(wild("*a*b", "ab "));
  EXPECT_TRUE(wild("a\\*b", "a*b"));
  EXPECT_FALSE(wild("a\\*b", "axb"));
  EXPECT_TRUE(wild("a\\", "a\\"));
}

TEST(TermPatternTest, QuestionMarkIsOneCodePoint) {
  EXPECT_TRUE(wild("m?nd", "mønd"));
  EXPECT_TRUE(wild("?", "月"));
  EXPECT_FALSE(wild("??", "月"));
}

TEST(TermPatternTest, CaseCanBeIgnored) {
  EXPECT_TRUE(wild("KI*", "kitty", CaseMatching::kInsensitive));
  EXPECT_TRUE(TermPattern::literal("ÄRGER", CaseMatching::kInsensitive).matches("ärger"));
  EXPECT_FALSE(TermPattern::literal("ÄRGER", CaseMatching::kSensitive).matches("ärger"));
  EXPECT_TRUE(TermPattern::prefix("AB", CaseMatching::kInsensitive).matches("abc"));
}

TEST(TermPatternTest, FixedPrefixIsWhatStandsBeforeTheFirstWildcard) {
  EXPECT_EQ(TermPattern::wildcard("abc*d?", CaseMatching::kSensitive).fixed_prefix(), "abc");
  EXPECT_EQ(TermPattern::wildcard("*d", CaseMatching::kSensitive).fixed_prefix(), "");
  EXPECT_EQ(TermPattern::wildcard("abc*", CaseMatching::kInsensitive).fixed_prefix(), "");
}

TEST(TermPatternTest, ManyStarsDoNotBacktrack) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "a*";
  EXPECT_FALSE(wild(pattern + "b", std::string(5000, 'a')));
}

TEST(EditDistanceTest, CountsEditsUpToTheLimit) {
  const auto distance = [](std::string_view a, std::string_view b, int32_t limit, bool transpositions) {
    return edit_distance(code_points(a), code_points(b), limit, transpositions);
  };
  EXPECT_EQ(distance("kitten", "kitten", 2, true), 0);
  EXPECT_EQ(distance("kitten", "sitten", 2, true), 1);
  EXPECT_EQ(distance("ab", "ba", 2, true), 1);
  EXPECT_EQ(distance("ab", "ba", 2, false), 2);
  EXPECT_EQ(distance("abc", "abcdef", 2, true), 3);
  EXPECT_EQ(distance("mond", "mønd", 2, true), 1);
  EXPECT_EQ(distance("", "ab", 2, true), 2);
}

TEST(FuzzinessTest, AutoGoesByLength) {
  const Fuzziness automatic = *Fuzziness::parse("AUTO");
  EXPECT_EQ(automatic.max_edits(2), 0);
  EXPECT_EQ(automatic.max_edits(3), 1);
  EXPECT_EQ(automatic.max_edits(6), 2);
  EXPECT_EQ(Fuzziness::parse("AUTO:4,8")->max_edits(7), 1);
  EXPECT_EQ(Fuzziness::parse("1")->max_edits(20), 1);
  EXPECT_FALSE(Fuzziness::parse("3").has_value());
  EXPECT_FALSE(Fuzziness::parse("AUTO:9,3").has_value());
}

TEST(TermPatternTest, ManyStarsCompareNoMoreThanTermTimesPattern) {
  const std::string term(3000, 'a');
  for (const std::string_view text :
       {"*a*a*a*a*a*a*a*a*a*a*a*a*b", "*aaaaaaaaaaaaaaaaaaaaaaaab", "a*a?a*?a*a?*b", "*?*?*?*?*?*?*?b"}) {
    int64_t steps = 0;
    EXPECT_FALSE(TermPattern::wildcard(text, CaseMatching::kSensitive).matches(term, &steps)) << text;
    EXPECT_LE(steps, static_cast<int64_t>(term.size() * text.size())) << text;
  }
}

TEST(TermPatternTest, StarsInARowAreOne) {
  int64_t one = 0;
  int64_t many = 0;
  const std::string term(500, 'a');
  EXPECT_FALSE(TermPattern::wildcard("*b", CaseMatching::kSensitive).matches(term, &one));
  EXPECT_FALSE(TermPattern::wildcard(std::string(1000, '*') + "b", CaseMatching::kSensitive).matches(term, &many));
  EXPECT_EQ(many, one);
}

TEST(EditDistanceTest, LongTextsStopAtTheLimit) {
  const std::vector<int32_t> a(200'000, 'a');
  std::vector<int32_t> b = a;
  b.back() = 'b';
  EXPECT_EQ(edit_distance(a, b, 2, true), 1);
  b.front() = 'b';
  b[100] = 'b';
  EXPECT_EQ(edit_distance(a, b, 2, true), 3);
}

}  // namespace
}  // namespace selene::search
