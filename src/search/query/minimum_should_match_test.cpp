#include "search/query/minimum_should_match.h"

#include <gtest/gtest.h>

namespace selene::search {
namespace {

TEST(MinimumShouldMatchTest, FollowsTheGrammar) {
  const auto count = [](int32_t num_optional, std::string_view text) {
    return minimum_should_match(num_optional, text).value_or(-1);
  };
  EXPECT_EQ(count(4, "2"), 2);
  EXPECT_EQ(count(4, "-1"), 3);
  EXPECT_EQ(count(4, "-9"), 0);
  EXPECT_EQ(count(4, "9"), 5);  // can never match
  EXPECT_EQ(count(4, "75%"), 3);
  EXPECT_EQ(count(5, "75%"), 3);
  EXPECT_EQ(count(5, "-25%"), 4);
  EXPECT_EQ(count(2, "2<75%"), 2);
  EXPECT_EQ(count(4, "2<75%"), 3);
  EXPECT_EQ(count(2, "2<-25% 9<-3"), 2);
  EXPECT_EQ(count(8, "2<-25% 9<-3"), 6);
  EXPECT_EQ(count(10, "2<-25% 9<-3"), 7);
  EXPECT_EQ(count(3, "100%"), 3);
  EXPECT_EQ(count(3, "0"), 0);
}

TEST(MinimumShouldMatchTest, NonsenseIsAnError) {
  for (const std::string_view text : {"", "a", "3<", "<3", "3<a", "50%%", "1 2"}) {
    EXPECT_FALSE(minimum_should_match(5, text).has_value()) << text;
  }
}

}  // namespace
}  // namespace selene::search
