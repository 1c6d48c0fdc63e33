#include "base/levenshtein.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace selene::base {
namespace {

constexpr std::string_view kWords[] = {"match", "match_all", "match_none", "term", "terms", "bool"};

TEST(LevenshteinTest, CountsEdits) {
  EXPECT_EQ(levenshtein_distance("", ""), 0U);
  EXPECT_EQ(levenshtein_distance("", "abc"), 3U);
  EXPECT_EQ(levenshtein_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(levenshtein_distance("flaw", "lawn"), 2U);
}

TEST(LevenshteinTest, NearestWordComesFirst) {
  EXPECT_EQ(did_you_mean("tern", kWords), " did you mean any of [term, terms]?");
  EXPECT_EQ(did_you_mean("boool", kWords), " did you mean [bool]?");
  EXPECT_EQ(did_you_mean("xyz", kWords), "");
  EXPECT_EQ(did_you_mean("", kWords), "");
}

TEST(LevenshteinTest, HalfDifferentIsNotNear) {
  constexpr std::string_view kOne[] = {"abcd"};
  EXPECT_EQ(did_you_mean("abxy", kOne), "");
  EXPECT_EQ(did_you_mean("abcx", kOne), " did you mean [abcd]?");
}

TEST(LevenshteinTest, LongWordsAreNotCompared) {
  const std::string word(129, 'a');
  const std::string_view candidates[] = {word};
  EXPECT_EQ(did_you_mean(word, candidates), "");
}

RC_GTEST_PROP(LevenshteinTest, IsSymmetricAndBoundedByTheLengths, (const std::string& a, const std::string& b)) {
  const size_t distance = levenshtein_distance(a, b);
  RC_ASSERT(distance == levenshtein_distance(b, a));
  RC_ASSERT(distance <= std::max(a.size(), b.size()));
  RC_ASSERT((distance == 0) == (a == b));
}

}  // namespace
}  // namespace selene::base
