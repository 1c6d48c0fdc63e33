#include "index/catalog/active_shards.h"

#include <gtest/gtest.h>

namespace selene::index {
namespace {

std::string reason_of(std::string_view text) { return ActiveShardCount::parse(text).error().reason(); }

TEST(ActiveShardCountTest, OneNodeSatisfiesOneCopyOnly) {
  EXPECT_TRUE(ActiveShardCount::parse("0")->is_satisfied(1));
  EXPECT_TRUE(ActiveShardCount::parse("1")->is_satisfied(1));
  EXPECT_FALSE(ActiveShardCount::parse("2")->is_satisfied(1));
}

TEST(ActiveShardCountTest, AllMeansThePrimaryAndItsReplicas) {
  EXPECT_TRUE(ActiveShardCount::parse("all")->is_satisfied(0));
  EXPECT_FALSE(ActiveShardCount::parse("all")->is_satisfied(1));
  EXPECT_EQ(ActiveShardCount::parse("all")->needed(2), 3);
}

TEST(ActiveShardCountTest, MoreCopiesThanTheIndexHasAreRefused) {
  EXPECT_TRUE(ActiveShardCount(2).check("wait_for_active_shards", 1).has_value());
  EXPECT_EQ(ActiveShardCount(3).check("wait_for_active_shards", 1).error().reason(),
            "invalid wait_for_active_shards[3]: cannot be greater than number of shard copies [2]");
}

TEST(ActiveShardCountTest, WhatIsNoCountIsRefused) {
  EXPECT_EQ(reason_of("x"), "cannot parse ActiveShardCount[x]");
  EXPECT_EQ(reason_of(""), "cannot parse ActiveShardCount[]");
  EXPECT_EQ(reason_of("1 "), "cannot parse ActiveShardCount[1 ]");
  EXPECT_EQ(reason_of("99999999999"), "cannot parse ActiveShardCount[99999999999]");
  EXPECT_EQ(reason_of("-1"), "shard count cannot be a negative value");
}

}  // namespace
}  // namespace selene::index
