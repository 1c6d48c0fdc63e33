#include <chrono>
#include <optional>
#include <set>

#include "search/request/reader_contexts.h"
#include "search/search_fixture.h"

namespace selene::search {
namespace {

using base::ErrorCode;
using std::chrono::minutes;
using std::chrono::seconds;

class ContextsTest : public SearchFixture {
 protected:
  void SetUp() override {
    SearchFixture::SetUp();
    for (const char* name : {"one", "two"})
      create(name, R"({"mappings":{"properties":{"n":{"type":"integer"},"t":{"type":"text"}}}})");
    for (int i = 0; i < 7; ++i) {
      const std::string source = base::format(R"({{"n":{},"t":"moon {}"}})", i % 3, std::string(static_cast<size_t>(i), 'x'));
      add(i % 2 == 0 ? "one" : "two", {{std::to_string(i), source}});
    }
  }
  std::string open(const std::string& indices, int64_t keep_alive_ms = 60000) {
    const SearchCall call{indices, {}, nullptr};
    return std::string(parsed(service_->open_point_in_time(call, keep_alive_ms))["id"].as_string());
  }
  static std::string in_pit(const std::string& id, const std::string& more) {
    return R"({"pit":{"id":")" + id + R"("},)" + more + "}";
  }
  /// All ids that a scroll gives, page by page.
  std::vector<std::string> scroll_all(const std::string& body) {
    base::JsonValue page = search("one,two", body, {{"scroll", "1m"}});
    const std::string id(page["_scroll_id"].as_string());
    std::vector<std::string> all;
    for (std::vector<std::string> found = ids(page); !found.empty(); found = ids(page)) {
      all.insert(all.end(), found.begin(), found.end());
      EXPECT_EQ(total(page), 7);
      page = parsed(service_->scroll(id, std::nullopt, false, base::Cancellation()));
    }
    return all;
  }
};

TEST_F(ContextsTest, PointInTimeSeesTheMomentItWasOpened) {
  const std::string id = open("one,two");
  add("one", {{"new", R"({"n":9})"}});
  remove("two", "1");
  const auto answer = search("", in_pit(id, R"("size":20)"));
  EXPECT_EQ(total(answer), 7);
  EXPECT_EQ(answer["pit_id"].as_string(), id);
  EXPECT_EQ(total(search("one,two", "{}")), 7);
  EXPECT_EQ(total(search("one", "{}")), 5);
}

TEST_F(ContextsTest, PointInTimePagesByTheDocumentAsLastKey) {
  const std::string id = open("one,two");
  std::vector<std::string> all;
  std::string after;
  for (int page = 0; page < 10; ++page) {
    const auto answer = search("", in_pit(id, R"("size":2,"sort":[{"n":"asc"}])" + after));
    const auto found = ids(answer);
    if (found.empty()) break;
    all.insert(all.end(), found.begin(), found.end());
    const auto sort = hit(answer, found.size() - 1)["sort"];
    ASSERT_EQ(sort.as_array().size(), 2U);
    after = R"(,"search_after":)" + base::JsonWriter().value(sort).text();
  }
  EXPECT_EQ(all.size(), 7U);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 7U);
}

TEST_F(ContextsTest, SearchAfterWithoutAValueForTheDocumentLeavesItOut) {
  const auto answer = search("", in_pit(open("one,two"), R"("sort":[{"n":"asc"}],"search_after":[1])"));
  EXPECT_EQ(ids(answer).size(), 2U);
  EXPECT_EQ(hit(answer, 0)["sort"].as_array().size(), 1U);
}

TEST_F(ContextsTest, PointInTimeIsForgottenWhenItsTimeIsOver) {
  const std::string id = open("one", 60000);
  clock_.advance(seconds(59));
  EXPECT_EQ(total(search("", in_pit(id, R"("size":1)"))), 4);  // its time starts anew
  clock_.advance(seconds(59));
  EXPECT_EQ(total(search("", R"({"pit":{"id":")" + id + R"(","keep_alive":"5m"}})")), 4);
  clock_.advance(minutes(4));
  EXPECT_EQ(total(search("", in_pit(id, R"("size":1)"))), 4);
  clock_.advance(minutes(6));
  const auto error = search_error("", in_pit(id, R"("size":1)"));
  EXPECT_EQ(error.code(), ErrorCode::kSearchPhaseExecution);
  ASSERT_NE(error.cause(), nullptr);
  EXPECT_EQ(error.cause()->code(), ErrorCode::kSearchContextMissing);
  EXPECT_EQ(error.cause()->reason(), "No search context found for id [1]");
}

TEST_F(ContextsTest, ClosedPointInTimeIsGone) {
  const std::string id = open("one");
  EXPECT_TRUE(*service_->close_point_in_time(id));
  EXPECT_FALSE(*service_->close_point_in_time(id));
  EXPECT_EQ(search_error("", in_pit(id, R"("size":1)")).cause()->code(), ErrorCode::kSearchContextMissing);
  EXPECT_EQ(service_->close_point_in_time("abc").error().reason(), "invalid id: [abc]");
}

TEST_F(ContextsTest, ScrollGivesEachDocumentOnce) {
  for (const char* sort : {R"("sort":"_doc",)", R"("sort":[{"n":"desc"}],)", R"("sort":["_score"],)", ""}) {
    const auto all = scroll_all(std::string("{") + sort + R"("size":2,"query":{"match":{"t":"moon"}}})");
    EXPECT_EQ(all.size(), 7U) << sort;
    EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 7U) << sort;
  }
}

TEST_F(ContextsTest, ScrollKeepsTheOrderOfOneBigPage) {
  const std::string query = R"("query":{"match":{"t":"moon"}})";
  EXPECT_EQ(scroll_all("{\"size\":2," + query + "}"), ids(search("one,two", "{\"size\":20," + query + "}")));
}

TEST_F(ContextsTest, ScrollDoesNotSeeLaterWrites) {
  const auto first = search("one,two", R"({"size":2,"sort":"_doc"})", {{"scroll", "1m"}});
  const std::string id(first["_scroll_id"].as_string());
  for (int i = 1; i < 7; ++i) remove(i % 2 == 0 ? "one" : "two", std::to_string(i));
  EXPECT_EQ(ids(parsed(service_->scroll(id, 60000, false, base::Cancellation()))).size(), 2U);
}

TEST_F(ContextsTest, SlicesAreDisjointAndCoverAll) {
  std::vector<std::string> all;
  for (int i = 0; i < 3; ++i) {
    const auto part = ids(search("one,two", base::format(R"({{"slice":{{"id":{},"max":3}},"size":20}})", i), {{"scroll", "1m"}}));
    all.insert(all.end(), part.begin(), part.end());
  }
  EXPECT_EQ(all.size(), 7U);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), 7U);
}

TEST_F(ContextsTest, LimitOfOpenScrollsIsTheirOwn) {
  for (size_t i = 0; i < ReaderContexts::kMaxOpenScrolls; ++i) search("one", R"({"size":1})", {{"scroll", "1m"}});
  const auto error = search_error("one", R"({"size":1})", {{"scroll", "1m"}});
  EXPECT_EQ(error.code(), ErrorCode::kTooManyScrollContexts);
  EXPECT_EQ(
      error.reason(),
      "Trying to create too many scroll contexts. Must be less than or equal to: [500]. This limit can be set by changing the "
      "[search.max_open_scroll_context] setting.");
  open("one");
  clock_.advance(minutes(2));
  search("one", R"({"size":1})", {{"scroll", "1m"}});
  EXPECT_EQ(service_->clear_all_scrolls(), 1U);
}

TEST_F(ContextsTest, ContextIsCountedAsOpenUntilItsTimeIsOver) {
  const auto counters = [&](index::Operation operation) { return catalog_->find("one")->engine->counters().totals()[operation]; };
  open("one,two");
  search("one", R"({"size":1})", {{"scroll", "5m"}});
  EXPECT_EQ(counters(index::Operation::kPointInTime).current, 1);
  EXPECT_EQ(counters(index::Operation::kScroll).current, 1);
  clock_.advance(minutes(2));
  service_->forget_expired_contexts();
  EXPECT_EQ(counters(index::Operation::kPointInTime).current, 0);
  EXPECT_EQ(counters(index::Operation::kPointInTime).total, 1);
  EXPECT_EQ(counters(index::Operation::kScroll).current, 1);
  EXPECT_EQ(counters(index::Operation::kScroll).total, 0);
}

TEST_F(ContextsTest, IndicesBoostIsTimesTheScore) {
  const auto plain = search("one", R"({"query":{"match":{"t":"moon"}},"size":1})");
  const auto boosted = search("one", R"({"query":{"match":{"t":"moon"}},"size":1,"indices_boost":[{"o*":3},{"one":7}]})");
  EXPECT_FLOAT_EQ(static_cast<float>(score(boosted, 0)), 3 * static_cast<float>(score(plain, 0)));
}

}  // namespace
}  // namespace selene::search
