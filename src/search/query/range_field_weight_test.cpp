#include "search/query/range_field_weight.h"

#include <algorithm>
#include <random>
#include <set>

#include "search/search_fixture.h"

namespace selene::search {
namespace {

struct Range {
  int from;
  int to;
};
using Ranges = std::vector<Range>;

bool stands_so(const Range& range, const Range& wanted, std::string_view relation) {
  if (relation == "contains") return range.from <= wanted.from && range.to >= wanted.to;
  if (relation == "within") return range.from >= wanted.from && range.to <= wanted.to;
  return range.from <= wanted.to && range.to >= wanted.from;
}

class RangeFieldTest : public SearchFixture {
 protected:
  std::set<std::string> found(const std::string& query) {
    const std::vector<std::string> all = ids(search("r", R"({"size":1000,"query":)" + query + "}"));
    return {all.begin(), all.end()};
  }
};

TEST_F(RangeFieldTest, EveryRelationIsThatOfEachRangeByItself) {
  create("r", R"({"mappings":{"properties":{"n":{"type":"integer_range"}}}})");
  std::mt19937 random(7);
  std::uniform_int_distribution<int> number(-20, 20);
  const auto range = [&] {
    const int a = number(random);
    const int b = number(random);
    return Range{std::min(a, b), std::max(a, b)};
  };
  std::vector<Ranges> documents;
  for (int i = 0; i < 300; ++i) {
    Ranges ranges(static_cast<size_t>(i % 3 + 1));
    std::string json;
    for (Range& each : ranges) {
      each = range();
      const bool open = i % 2 == 0;  // the same values, said otherwise
      json += json.empty() ? "" : ",";
      json += open ? base::format(R"({{"gt":{},"lt":{}}})", each.from - 1, each.to + 1)
                   : base::format(R"({{"gte":{},"lte":{}}})", each.from, each.to);
    }
    add("r", {{std::to_string(i), R"({"n":[)" + json + "]}"}});
    documents.push_back(std::move(ranges));
  }
  for (int i = 0; i < 60; ++i) {
    const Range wanted = range();
    for (const char* const relation : {"intersects", "contains", "within"}) {
      std::set<std::string> expected;
      for (size_t doc = 0; doc < documents.size(); ++doc) {
        const auto& ranges = documents[doc];
        if (std::any_of(ranges.begin(), ranges.end(), [&](const Range& each) { return stands_so(each, wanted, relation); }))
          expected.insert(std::to_string(doc));
      }
      EXPECT_EQ(
          found(base::format(R"({{"range":{{"n":{{"gte":{},"lte":{},"relation":"{}"}}}}}})", wanted.from, wanted.to, relation)),
          expected)
          << wanted.from << ".." << wanted.to << " " << relation;
    }
  }
}

TEST_F(RangeFieldTest, QueriesThatNoValueLiesInMatchNothing) {
  create("r", R"({"mappings":{"properties":{"n":{"type":"integer_range"},"a":{"type":"ip_range"}}}})");
  add("r", {{"1", R"({"n":{},"a":{"gte":"::"}})"}});
  EXPECT_EQ(found(R"({"range":{"n":{"gt":2147483647}}})").size(), 0U);
  EXPECT_EQ(found(R"({"range":{"n":{"lt":-2147483648}}})").size(), 0U);
  EXPECT_EQ(found(R"({"range":{"n":{"gt":5,"lt":5}}})").size(), 0U);
  EXPECT_EQ(found(R"({"range":{"a":{"lt":"::"}}})").size(), 0U);
  EXPECT_EQ(found(R"({"range":{"n":{"gte":2147483647}}})").size(), 1U);
}

TEST(RangeRelationTest, NamesAreReadInAnyCase) {
  EXPECT_EQ(*parse_range_relation("Within"), RangeRelation::kWithin);
  EXPECT_EQ(*parse_range_relation("CONTAINS"), RangeRelation::kContains);
  EXPECT_EQ(parse_range_relation("crosses").error().reason(), "crosses is not a valid relation");
  EXPECT_EQ(parse_range_relation("disjoint").error().reason(), "[range] query does not support relation [disjoint]");
}

}  // namespace
}  // namespace selene::search
