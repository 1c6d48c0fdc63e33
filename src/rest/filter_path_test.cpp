#include "rest/filter_path.h"

#include <gtest/gtest.h>

namespace selene::rest {
namespace {

constexpr std::string_view kAnswer =
    R"({"took":3,"hits":{"total":{"value":2},"hits":[{"_id":"1","_source":{"a":{"b":1},"c":[]}},{"_id":"2","_source":{"a":{}}}]},"_scroll_id":"s"})";

std::string filtered(std::string_view path, std::string_view json = kAnswer) { return *apply_filter_path(json, path); }

TEST(FilterPathTest, KeepsWholeSubtreesOfNamedPaths) {
  EXPECT_EQ(filtered("took"), R"({"took":3})");
  EXPECT_EQ(filtered("hits.total,took"), R"({"took":3,"hits":{"total":{"value":2}}})");
}

TEST(FilterPathTest, LooksThroughArrays) { EXPECT_EQ(filtered("hits.hits._id"), R"({"hits":{"hits":[{"_id":"1"},{"_id":"2"}]}})"); }

TEST(FilterPathTest, StarStandsForOneKey) {
  EXPECT_EQ(filtered("*.total"), R"({"hits":{"total":{"value":2}}})");
  EXPECT_EQ(filtered("_scroll*"), R"({"_scroll_id":"s"})");
  EXPECT_EQ(filtered("hits.*.value"), R"({"hits":{"total":{"value":2}}})");
}

TEST(FilterPathTest, TwoStarsStandForAnyDepth) {
  EXPECT_EQ(filtered("**.b"), R"({"hits":{"hits":[{"_source":{"a":{"b":1}}}]}})");
  EXPECT_EQ(filtered("**.took"), R"({"took":3})");
  EXPECT_EQ(filtered("hits.total.**"), R"({"hits":{"total":{"value":2}}})");
  EXPECT_EQ(filtered("hits.**.value"), R"({"hits":{"total":{"value":2}}})");
}

TEST(FilterPathTest, MinusLeavesOut) {
  EXPECT_EQ(filtered("-hits"), R"({"took":3,"_scroll_id":"s"})");
  EXPECT_EQ(filtered("hits.hits,-**._source"), R"({"hits":{"hits":[{"_id":"1"},{"_id":"2"}]}})");
}

TEST(FilterPathTest, EmptyContainersInsideAKeptPartStay) {
  EXPECT_EQ(filtered("hits.hits._source.c", R"({"hits":{"hits":[{"_source":{"c":[]}}]}})"),
            R"({"hits":{"hits":[{"_source":{"c":[]}}]}})");
  EXPECT_EQ(filtered("a", R"({"a":{"b":{},"c":[{}]}})"), R"({"a":{"b":{},"c":[{}]}})");
}

TEST(FilterPathTest, NothingKeptGivesAnEmptyRoot) {
  EXPECT_EQ(filtered("nope"), "{}");
  EXPECT_EQ(filtered("nope", R"([{"a":1}])"), "[]");
  EXPECT_EQ(filtered("took.deeper"), "{}");
}

TEST(FilterPathTest, RootArrayIsLookedThrough) { EXPECT_EQ(filtered("a", R"([{"a":1,"b":2},{"b":3}])"), R"([{"a":1}])"); }

TEST(FilterPathTest, BackslashKeepsADotInAKey) { EXPECT_EQ(filtered("a\\.b", R"({"a.b":1,"a":{"b":2}})"), R"({"a.b":1})"); }

TEST(FilterPathTest, NumbersKeepTheirForm) {
  EXPECT_EQ(filtered("a", R"({"a":[1,1.0,0.1,1.0E-4,18446744073709551615,-0.0],"b":0})"),
            R"({"a":[1,1.0,0.1,1.0E-4,18446744073709551615,-0.0]})");
}

TEST(FilterPathTest, TooManyPathsAreRefused) {
  std::string paths;
  for (int i = 0; i < 300; ++i) paths += "a,";
  EXPECT_FALSE(apply_filter_path("{}", paths).has_value());
}

}  // namespace
}  // namespace selene::rest
