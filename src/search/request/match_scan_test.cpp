#include "search/request/match_scan.h"

#include <gtest/gtest.h>

#include <set>

#include "search/search_fixture.h"

namespace selene::search {
namespace {

class MatchScanTest : public SearchFixture {
 protected:
  /// Ids as `index/id`, batch after batch of two.
  std::vector<std::string> scan(ScanRequest request) {
    auto scan = MatchScan::create(*catalog_, request, base::Cancellation());
    EXPECT_TRUE(scan.has_value());
    std::vector<std::string> found;
    while (true) {
      const auto batch = scan->next(2);
      EXPECT_LE(batch->size(), 2U);
      if (batch->empty()) return found;
      for (const MatchScan::Match& match : *batch) found.push_back(match.index->name + "/" + match.document.id);
    }
  }
};

TEST_F(MatchScanTest, WalksMatchesOfAllIndicesByNameAndLeavesDeletedOnesOut) {
  add("b", {{"1", R"({"k":"x"})"}, {"2", R"({"k":"y"})"}, {"3", R"({"k":"x"})"}});
  add("a", {{"9", R"({"k":"x"})"}});
  remove("b", "3");
  EXPECT_EQ(scan({.indices = "a,b"}), (std::vector<std::string>{"a/9", "b/1", "b/2"}));
  const auto body = base::JsonDocument::parse(R"({"match":{"k":"x"}})");
  EXPECT_EQ(scan({.indices = "*", .body = &*body, .query = body->root()}), (std::vector<std::string>{"a/9", "b/1"}));
}

TEST_F(MatchScanTest, SlicesShareTheDocuments) {
  std::vector<std::pair<std::string, std::string>> documents;
  for (int i = 0; i < 50; ++i) documents.emplace_back(std::to_string(i), "{}");
  add("a", documents);
  std::set<std::string> all;
  size_t count = 0;
  for (int32_t id = 0; id < 3; ++id) {
    const auto part = scan({.indices = "a", .slice = ScanSlice{id, 3}});
    EXPECT_GT(part.size(), 5U);
    count += part.size();
    all.insert(part.begin(), part.end());
  }
  EXPECT_EQ(count, 50U);
  EXPECT_EQ(all.size(), 50U);
}

TEST_F(MatchScanTest, SeesOneMomentAndAliasFilters) {
  create("a", R"({"aliases":{"f":{"filter":{"match":{"k":"x"}}}}})");
  add("a", {{"1", R"({"k":"x"})"}, {"2", R"({"k":"y"})"}});
  EXPECT_EQ(scan({.indices = "f"}), (std::vector<std::string>{"a/1"}));
  auto before = MatchScan::create(*catalog_, {.indices = "a"}, base::Cancellation());
  remove("a", "1");
  EXPECT_EQ(before->total(), 2);
  EXPECT_EQ(before->next(10)->size(), 2U);
}

TEST_F(MatchScanTest, AReadBlockAndAMissingIndexAreErrors) {
  create("a", R"({"settings":{"blocks.read":true}})");
  EXPECT_EQ(MatchScan::create(*catalog_, {.indices = "a"}, base::Cancellation()).error().code(), base::ErrorCode::kClusterBlock);
  EXPECT_EQ(MatchScan::create(*catalog_, {.indices = "none"}, base::Cancellation()).error().code(),
            base::ErrorCode::kIndexNotFound);
}

}  // namespace
}  // namespace selene::search
