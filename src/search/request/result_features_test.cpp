#include "search/search_fixture.h"

namespace selene::search {
namespace {

/// highlight, collapse and rescore; above all over a ranked list that a model made.
class ResultFeaturesTest : public SearchFixture {
 protected:
  void SetUp() override {
    SearchFixture::SetUp();
    create("cards", R"({"mappings":{"properties":{"t":{"type":"text"},"k":{"type":"keyword"},"n":{"type":"integer"}}}})");
    add("cards", {{"1", R"({"t":"red fox","k":"a","n":1})"},
                  {"2", R"({"t":"red red deer","k":"a","n":2})"},
                  {"3", R"({"t":"red","k":"b","n":3})"},
                  {"4", R"({"t":"red blue","n":4})"}});
    inference_.score = [](std::string_view, std::string_view text) { return static_cast<float>(text.size()); };
  }
  static std::string reranked(const std::string& more) {
    return R"({"retriever":{"text_similarity_reranker":{"retriever":{"standard":{"query":{"match":{"t":"red"}}}},"field":"t",)"
           R"("inference_id":"fake","inference_text":"q"}})" +
           more + "}";
  }
  static std::string json(base::JsonValue value) { return base::JsonWriter().value(value).take(); }
};

TEST_F(ResultFeaturesTest, ARerankedListIsHighlightedByItsLeafQueries) {
  const auto answer = search("cards", reranked(R"(,"highlight":{"fields":{"t":{}}})"));
  EXPECT_EQ(ids(answer), (std::vector<std::string>{"2", "4", "1", "3"}));
  EXPECT_EQ(json(hit(answer, 0)["highlight"]), R"({"t":["<em>red</em> <em>red</em> deer"]})");
}

TEST_F(ResultFeaturesTest, ARerankedListIsCollapsedInItsOrder) {
  const auto answer =
      search("cards", reranked(R"(,"collapse":{"field":"k","inner_hits":{"name":"all","_source":false,"sort":["n"]}})"));
  EXPECT_EQ(ids(answer), (std::vector<std::string>{"2", "4", "3"}));
  EXPECT_EQ(json(hit(answer, 0)["fields"]), R"({"k":["a"]})");
  EXPECT_FALSE(hit(answer, 1)["fields"].exists());
  EXPECT_EQ(total(hit(answer, 0)["inner_hits"]["all"]), 2);
  EXPECT_EQ(ids(hit(answer, 0)["inner_hits"]["all"]), (std::vector<std::string>{"1", "2"}));
}

TEST_F(ResultFeaturesTest, CollapseJoinsGroupsOfSeveralIndices) {
  create("more", R"({"mappings":{"properties":{"t":{"type":"text"},"k":{"type":"keyword"},"n":{"type":"integer"}}}})");
  add("more", {{"9", R"({"t":"red","k":"a","n":0})"}});
  const auto answer = search("cards,more", R"({"collapse":{"field":"k"},"sort":["n"]})");
  EXPECT_EQ(ids(answer), (std::vector<std::string>{"9", "3", "4"}));
  EXPECT_EQ(total(answer), 5);
}

TEST_F(ResultFeaturesTest, HighlightTakesWordsOfEachKindOfQuery) {
  const auto marks = [&](const std::string& query) {
    const auto answer = search("cards", R"({"size":1,"sort":["n"],"query":)" + query + R"(,"highlight":{"fields":{"t":{}}}})");
    return json(hit(answer, 0)["highlight"]["t"]);
  };
  EXPECT_EQ(marks(R"({"bool":{"filter":{"term":{"t":"fox"}},"must_not":{"term":{"t":"blue"}}}})"), R"(["red <em>fox</em>"])");
  EXPECT_EQ(marks(R"({"dis_max":{"queries":[{"prefix":{"t":"fo"}},{"match":{"t":"none"}}]}})"), R"(["red <em>fox</em>"])");
  EXPECT_EQ(marks(R"({"constant_score":{"filter":{"wildcard":{"t":"r*d"}}}})"), R"(["<em>red</em> fox"])");
  EXPECT_EQ(marks(R"({"match":{"t":{"query":"foy","fuzziness":1}}})"), R"(["red <em>fox</em>"])");
  EXPECT_EQ(marks(R"({"match_phrase":{"t":{"query":"fox red","slop":3}}})"), R"(["<em>red fox</em>"])");
  EXPECT_EQ(marks(R"({"match_phrase_prefix":{"t":"red f"}})"), R"(["<em>red fox</em>"])");
  EXPECT_EQ(marks(R"({"multi_match":{"query":"fox","fields":["t^3","k"]}})"), R"(["red <em>fox</em>"])");
  EXPECT_EQ(marks(R"({"terms":{"t":["fox","red"]}})"), R"(["<em>red</em> <em>fox</em>"])");
}

TEST_F(ResultFeaturesTest, RescoreWindowsAreEachIndexsOwn) {
  const auto answer = search("cards", R"({"query":{"match":{"t":"red"}},"size":1,"rescore":{"window_size":1,
      "query":{"rescore_query":{"match_all":{}},"query_weight":0,"rescore_query_weight":5}}})");
  EXPECT_EQ(ids(answer), (std::vector<std::string>{"3"}));
  EXPECT_FLOAT_EQ(static_cast<float>(score(answer, 0)), 5.0F);
}

}  // namespace
}  // namespace selene::search
