#include "search/query/regexp_automaton.h"

#include <gtest/gtest.h>

namespace selene::search {
namespace {

bool matches(std::string_view pattern, std::string_view term, const RegexpOptions& options = {}) {
  return RegexpAutomaton::compile(pattern, options).value()->matches(term);
}

TEST(RegexpAutomatonTest, WholeTermsMatch) {
  EXPECT_TRUE(matches("ab*c", "abbbc"));
  EXPECT_FALSE(matches("ab*c", "xabc"));
  EXPECT_FALSE(matches("ab*c", "abcx"));
  EXPECT_TRUE(matches("a.c", "aéc"));
  EXPECT_TRUE(matches("", ""));
  EXPECT_TRUE(matches("(ab|cd){2,3}", "abcdab"));
  EXPECT_FALSE(matches("(ab|cd){2,3}", "ab"));
  EXPECT_TRUE(matches("[a-c^]+", "ab^"));
  EXPECT_TRUE(matches("[^a-c]+", "xyz"));
  EXPECT_FALSE(matches("[^a-c]+", "xbz"));
  EXPECT_TRUE(matches("\\d+\\.\\w", "12._"));
  EXPECT_TRUE(matches("\"a.b\"", "a.b"));
  EXPECT_FALSE(matches("\"a.b\"", "axb"));
}

TEST(RegexpAutomatonTest, OptionalOperators) {
  EXPECT_TRUE(matches("~(abc)", "abd"));
  EXPECT_FALSE(matches("~(abc)", "abc"));
  EXPECT_TRUE(matches("a.+&.+c", "abc"));
  EXPECT_FALSE(matches("a.+&.+c", "abd"));
  EXPECT_TRUE(matches("n<1-100>", "n42"));
  EXPECT_TRUE(matches("n<1-100>", "n042"));
  EXPECT_FALSE(matches("n<1-100>", "n101"));
  EXPECT_TRUE(matches("<01-12>", "07"));
  EXPECT_FALSE(matches("<01-12>", "7"));
  EXPECT_TRUE(matches("a@c", "a anything c"));
  EXPECT_FALSE(matches("#", ""));
  RegexpOptions none;
  none.flags = RegexpFlags::parse("NONE").value();
  EXPECT_TRUE(matches("a@", "a@", none));
  EXPECT_TRUE(matches("a&b", "a&b", none));
}

TEST(RegexpAutomatonTest, CaseCanBeIgnored) {
  RegexpOptions options;
  options.case_insensitive = true;
  EXPECT_TRUE(matches("äB[c]", "ÄbC", options));
  EXPECT_FALSE(matches("äB[c]", "ÄbC"));
}

TEST(RegexpAutomatonTest, HostilePatternsEnd) {
  const std::string term(5000, 'a');
  EXPECT_FALSE(matches("(a*)*b", term));
  EXPECT_FALSE(matches("(a|aa)+b", term));
  EXPECT_TRUE(matches("(a?){500}a{500}", std::string(700, 'a')));
  const auto blown = RegexpAutomaton::compile("(a|b)*a(a|b){900}c", {}).value();
  std::string mixed;
  for (uint32_t i = 0, bits = 1; i < 30'000; ++i) {
    bits = bits * 1664525 + 1013904223;
    mixed += (bits >> 24) & 1 ? 'a' : 'b';
  }
  EXPECT_FALSE(blown->matches(mixed));
  EXPECT_TRUE(blown->too_complex());
}

TEST(RegexpAutomatonTest, NestedRepeatsNeedFewStates) {
  const std::string term(5000, 'a');
  for (const std::string_view pattern :
       {"(a*)*b", "(a|aa)+b", "((a+)+)+b", "(a|a?)+b", "(a*a*a*a*a*a*a*a*)*b", "(.*a){20}b", "(a|b|ab)*c", "(a?){30}a{30}b"}) {
    const auto automaton = RegexpAutomaton::compile(pattern, {}).value();
    EXPECT_FALSE(automaton->matches(term)) << pattern;
    EXPECT_FALSE(automaton->too_complex()) << pattern;
    EXPECT_LE(automaton->num_states(), 70) << pattern;
    const int32_t states = automaton->num_states();
    EXPECT_FALSE(automaton->matches(term)) << pattern;
    EXPECT_EQ(automaton->num_states(), states) << pattern;
  }
}

TEST(RegexpAutomatonTest, BadPatternsAreRefused) {
  for (const std::string_view pattern : {"(a", "[a", "a{2", "a{3,1}", "\"a", "n<1-", "a)", "[b-a]", "a|", "\\"}) {
    EXPECT_FALSE(RegexpAutomaton::compile(pattern, {})) << pattern;
  }
  EXPECT_FALSE(RegexpAutomaton::compile(std::string(2000, '('), {}));
  EXPECT_FALSE(RegexpAutomaton::compile(std::string(2000, '~') + "a", {}));
}

TEST(RegexpAutomatonTest, FixedPrefixIsWhatEveryTermStartsWith) {
  EXPECT_EQ(RegexpAutomaton::compile("abc.*", {}).value()->fixed_prefix(), "abc");
  EXPECT_EQ(RegexpAutomaton::compile("abc?d", {}).value()->fixed_prefix(), "ab");
  EXPECT_EQ(RegexpAutomaton::compile("ab|cd", {}).value()->fixed_prefix(), "");
  EXPECT_EQ(RegexpAutomaton::compile("ab+", {}).value()->fixed_prefix(), "ab");
}

}  // namespace
}  // namespace selene::search
