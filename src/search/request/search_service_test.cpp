#include "search/request/search_service.h"

#include <cmath>

#include "search/search_fixture.h"

namespace selene::search {
namespace {

class SearchServiceTest : public SearchFixture {
 protected:
  void SetUp() override {
    SearchFixture::SetUp();
    create(
        "books",
        R"({"mappings":{"properties":{"title":{"type":"text","fields":{"raw":{"type":"keyword"}}},"text":{"type":"text","analyzer":"english"},
      "tag":{"type":"keyword"},"pages":{"type":"integer"},"price":{"type":"double"},"sold":{"type":"boolean"},"day":{"type":"date"},
      "author":{"properties":{"name":{"type":"text"},"born":{"type":"integer"}}}}}})");
    add("books",
        {{"1",
          R"({"title":"The Red Fox","text":"Foxes are running","tag":["animal","red"],"pages":100,"price":9.5,"sold":true,"day":"2020-01-15","author":{"name":"Ann Fuchs","born":1960}})"},
         {"2",
          R"({"title":"The Quick Deer","tag":"animal","pages":250,"price":20,"sold":false,"day":"2021-06-30","author":{"name":"Bob Reh","born":1970}})"},
         {"3", R"({"title":"Red Tape","tag":["office","red"],"pages":80,"price":5.25,"sold":true,"day":"2021-07-01T12:00:00Z"})"},
         {"4", R"({"title":"Deer and Fox","tag":"animal","price":15,"day":"2023-12-31"})"},
         {"5", R"({"title":"Empty Pages","tag":"","pages":0})"}});
  }
  std::vector<std::string> sorted_ids(const std::string& sort) { return ids(search("books", R"({"sort":)" + sort + "}")); }
  using Ids = std::vector<std::string>;
};

TEST_F(SearchServiceTest, NoBodyMatchesAll) {
  const auto answer = search("books", "");
  EXPECT_EQ(ids(answer), (Ids{"1", "2", "3", "4", "5"}));
  EXPECT_EQ(total(answer), 5);
  EXPECT_EQ(answer["hits"]["total"]["relation"].as_string(), "eq");
  EXPECT_EQ(answer["hits"]["max_score"].as_double(), 1);
  EXPECT_FALSE(answer["timed_out"].as_bool());
  EXPECT_EQ(answer["_shards"]["successful"].as_int64(), 1);
  EXPECT_EQ(hit(answer, 0)["_source"]["pages"].as_int64(), 100);
}

TEST_F(SearchServiceTest, MatchScoresAsComputedByHand) {
  create("one", R"({"mappings":{"properties":{"t":{"type":"text"}}}})");
  add("one", {{"a", R"({"t":"red fox"})"}, {"b", R"({"t":"red red dog runs"})"}, {"c", R"({"t":"cat"})"}, {"d", R"({"other":1})"}});
  const auto answer = search("one", R"({"query":{"match":{"t":"red fox"}}})");
  ASSERT_EQ(ids(answer), (Ids{"a", "b"}));
  const double avgdl = 7.0 / 3;
  const auto term = [&](double n, double tf, double dl) {
    return 2.2 * std::log(1 + (3 - n + 0.5) / (n + 0.5)) * tf / (tf + 1.2 * (0.25 + 0.75 * dl / avgdl));
  };
  EXPECT_NEAR(score(answer, 0), term(2, 1, 2) + term(1, 1, 2), 1e-6);
  EXPECT_NEAR(score(answer, 1), term(2, 2, 4), 1e-6);
}

TEST_F(SearchServiceTest, KeywordTermScoresBoostTimesIdf) {
  const auto answer = search("books", R"({"query":{"term":{"title.raw":{"value":"Red Tape","boost":2}}}})");
  ASSERT_EQ(ids(answer), (Ids{"3"}));
  EXPECT_NEAR(score(answer, 0), 2 * std::log(1 + (5 - 1 + 0.5) / 1.5), 1e-6);
}

TEST_F(SearchServiceTest, DeletedDocumentsAreGoneButCountUntilMerged) {
  create("one", R"({"mappings":{"properties":{"t":{"type":"text"}}}})");
  add("one", {{"a", R"({"t":"x"})"}, {"b", R"({"t":"x"})"}, {"c", R"({"t":"y"})"}});
  const double before = score(search("one", R"({"query":{"match":{"t":"x"}}})"), 0);
  remove("one", "b");
  const auto answer = search("one", R"({"query":{"match":{"t":"x"}}})");
  EXPECT_EQ(ids(answer), (Ids{"a"}));
  EXPECT_EQ(total(answer), 1);
  EXPECT_NEAR(score(answer, 0), before, 1e-6);
}

TEST_F(SearchServiceTest, ConstantScoresAndBoosts) {
  EXPECT_EQ(score(search("books", R"({"query":{"term":{"pages":80}}})"), 0), 1);
  EXPECT_EQ(score(search("books", R"({"query":{"range":{"pages":{"gte":200,"boost":3}}}})"), 0), 3);
  EXPECT_EQ(score(search("books", R"({"query":{"terms":{"tag":["office"]}}})"), 0), 1);
  EXPECT_EQ(score(search("books", R"({"query":{"constant_score":{"filter":{"match":{"title":"fox"}},"boost":1.5}}})"), 0), 1.5);
  EXPECT_EQ(score(search("books", R"({"query":{"bool":{"must_not":{"exists":{"field":"pages"}}}}})"), 0), 0);
  EXPECT_EQ(score(search("books", R"({"query":{"bool":{"must":{"match_all":{}},"boost":2}}})"), 0), 2);
  EXPECT_EQ(score(search("books", R"({"query":{"bool":{"filter":{"term":{"tag":"office"}}}}})"), 0), 0);
  EXPECT_EQ(score(search("books", R"({"query":{"ids":{"values":["3"]}}})"), 0), 1);
}

TEST_F(SearchServiceTest, BooleanTermsScoreByRarity) {
  const auto answer = search("books", R"({"query":{"term":{"sold":false}}})");
  ASSERT_EQ(ids(answer), (Ids{"2"}));
  EXPECT_NEAR(score(answer, 0), std::log(1 + (3 - 1 + 0.5) / 1.5), 1e-6);
}

TEST_F(SearchServiceTest, BoostingAndDisMax) {
  const double plain = score(search("books", R"({"query":{"match":{"title":"tape"}}})"), 0);
  const auto halved = search(
      "books",
      R"({"query":{"boosting":{"positive":{"match":{"title":"tape"}},"negative":{"term":{"tag":"red"}},"negative_boost":0.5}}})");
  EXPECT_NEAR(score(halved, 0), plain / 2, 1e-6);
  const double red =
      score(search("books", R"({"query":{"bool":{"filter":{"ids":{"values":["3"]}},"must":{"match":{"title":"red"}}}}})"), 0);
  const auto best = search(
      "books", R"({"query":{"dis_max":{"queries":[{"match":{"title":"tape"}},{"match":{"title":"red"}}],"tie_breaker":0.3}}})");
  EXPECT_EQ(ids(best)[0], "3");
  EXPECT_NEAR(score(best, 0), plain + 0.3 * red, 1e-6);
}

TEST_F(SearchServiceTest, MultiMatchTypes) {
  EXPECT_EQ(ids(search("books", R"({"query":{"multi_match":{"query":"fox","fields":["title","text"]}}})")).size(), 2U);
  const double title = score(search("books", R"({"query":{"match":{"title":"tape"}}})"), 0);
  EXPECT_NEAR(score(search("books", R"({"query":{"multi_match":{"query":"tape","fields":["title^3","text"]}}})"), 0), 3 * title,
              1e-5);
  const auto most = search("books", R"({"query":{"multi_match":{"query":"fox","fields":["title","text"],"type":"most_fields"}}})");
  const auto best = search("books", R"({"query":{"multi_match":{"query":"fox","fields":["title","text"]}}})");
  EXPECT_EQ(ids(most)[0], "1");
  EXPECT_GT(score(most, 0), score(best, 0));
  EXPECT_EQ(
      ids(search(
          "books",
          R"({"query":{"multi_match":{"query":"deer ann","fields":["title","author.name"],"type":"cross_fields","operator":"and"}}})")),
      Ids{});
  EXPECT_EQ(
      ids(search(
          "books",
          R"({"query":{"multi_match":{"query":"red ann","fields":["title","author.name"],"type":"cross_fields","operator":"and"}}})")),
      (Ids{"1"}));
  EXPECT_EQ(ids(search("books", R"({"query":{"multi_match":{"query":"red fox","fields":["title"],"type":"phrase"}}})")),
            (Ids{"1"}));
  EXPECT_EQ(ids(search("books", R"({"query":{"multi_match":{"query":"red ta","fields":["ti*"],"type":"phrase_prefix"}}})")),
            (Ids{"3"}));
  EXPECT_EQ(
      ids(search("books",
                 R"({"query":{"multi_match":{"query":"quick de","fields":["title"],"type":"bool_prefix","operator":"and"}}})")),
      (Ids{"2"}));
  EXPECT_EQ(ids(search("books", R"({"query":{"multi_match":{"query":"1960"}}})")), (Ids{"1"}));
}

TEST_F(SearchServiceTest, Phrases) {
  EXPECT_EQ(ids(search("books", R"({"query":{"match_phrase":{"title":"the red"}}})")), (Ids{"1"}));
  EXPECT_EQ(ids(search("books", R"({"query":{"match_phrase":{"title":"red the"}}})")), Ids{});
  EXPECT_EQ(ids(search("books", R"({"query":{"match_phrase":{"title":{"query":"fox the","slop":3}}}})")), (Ids{"1"}));
  EXPECT_EQ(ids(search("books", R"({"query":{"match_phrase":{"title":{"query":"deer fox","slop":1}}}})")), (Ids{"4"}));
  EXPECT_EQ(ids(search("books", R"({"query":{"match_phrase_prefix":{"title":"quick de"}}})")), (Ids{"2"}));
  EXPECT_EQ(ids(search("books", R"({"query":{"match_phrase_prefix":{"title":"qui"}}})")), (Ids{"2"}));
  EXPECT_EQ(ids(search("books", R"({"query":{"match_bool_prefix":{"title":"tape qui"}}})")).size(), 2U);
  // idf of both terms is summed: 2.2 * (idf + idf) * tf at the length of two words.
  const double avgdl = 13.0 / 5;
  const double idf = std::log(1 + 3.5 / 2.5) + std::log(1 + 4.5 / 1.5);
  EXPECT_NEAR(score(search("books", R"({"query":{"match_phrase":{"title":"red tape"}}})"), 0),
              2.2 * idf / (1 + 1.2 * (0.25 + 0.75 * 2 / avgdl)), 1e-6);
}

TEST_F(SearchServiceTest, PatternsAndFuzziness) {
  EXPECT_EQ(ids(search("books", R"({"query":{"prefix":{"tag":"an"}}})")).size(), 3U);
  EXPECT_EQ(ids(search("books", R"({"query":{"prefix":{"tag":{"value":"AN","case_insensitive":true}}}})")).size(), 3U);
  EXPECT_EQ(ids(search("books", R"({"query":{"wildcard":{"title.raw":"*Fox"}}})")).size(), 2U);
  EXPECT_EQ(ids(search("books", R"({"query":{"wildcard":{"tag":{"value":"o?f*"}}}})")), (Ids{"3"}));
  EXPECT_EQ(ids(search("books", R"({"query":{"fuzzy":{"title":"foz"}}})")).size(), 2U);
  EXPECT_EQ(ids(search("books", R"({"query":{"match":{"title":{"query":"tpae","fuzziness":1}}}})")), (Ids{"3"}));
  EXPECT_EQ(ids(search("books", R"({"query":{"match":{"title":{"query":"tpae","fuzziness":1,"fuzzy_transpositions":false}}}})")),
            Ids{});
  EXPECT_EQ(ids(search("books", R"({"query":{"match":{"title":{"query":"xape","fuzziness":1,"prefix_length":1}}}})")), Ids{});
}

TEST_F(SearchServiceTest, ValuesThatDoNotFitTheTypeFailTheShard) {
  const auto error = search_error("books", R"({"query":{"match":{"pages":"many"}}})");
  EXPECT_EQ(error.code(), base::ErrorCode::kSearchPhaseExecution);
  EXPECT_EQ(error.reason(), "all shards failed");
  ASSERT_NE(error.cause(), nullptr);
  EXPECT_EQ(error.cause()->code(), base::ErrorCode::kQueryShard);
  EXPECT_EQ(error.cause()->reason(), "failed to create query: For input string: \"many\"");
  EXPECT_EQ(total(search("books", R"({"query":{"match":{"pages":{"query":"many","lenient":true}}}})")), 0);
  EXPECT_EQ(total(search("books", R"({"query":{"term":{"pages":1.5}}})")), 0);
  EXPECT_EQ(total(search("books", R"({"query":{"term":{"pages":99999999999}}})")), 0);
}

TEST_F(SearchServiceTest, OneFailingIndexOfTwoIsAPartialFailure) {
  add("other", {{"x", R"({"pages":"many"})"}});
  const auto answer = search("books,other", R"({"query":{"match":{"pages":"many"}}})");
  EXPECT_EQ(ids(answer), (Ids{"x"}));
  EXPECT_EQ(answer["_shards"]["failed"].as_int64(), 1);
  EXPECT_EQ(answer["_shards"]["successful"].as_int64(), 1);
  base::JsonValue failure;
  for (const base::JsonValue one : answer["_shards"]["failures"].as_array()) failure = one;
  EXPECT_EQ(failure["index"].as_string(), "books");
  EXPECT_EQ(failure["reason"]["type"].as_string(), "query_shard_exception");
  search_error("books,other", R"({"query":{"match":{"pages":"many"}}})", {{"allow_partial_search_results", "false"}});
}

TEST_F(SearchServiceTest, SortsByFieldsWithMissingValues) {
  EXPECT_EQ(sorted_ids(R"([{"pages":"desc"}])"), (Ids{"2", "1", "3", "5", "4"}));
  EXPECT_EQ(sorted_ids(R"("pages")"), (Ids{"5", "3", "1", "2", "4"}));
  EXPECT_EQ(sorted_ids(R"([{"pages":{"order":"asc","missing":"_first"}}])"), (Ids{"4", "5", "3", "1", "2"}));
  EXPECT_EQ(sorted_ids(R"([{"pages":{"order":"asc","missing":90}}])"), (Ids{"5", "3", "4", "1", "2"}));
  EXPECT_EQ(sorted_ids(R"(["title.raw"])"), (Ids{"4", "5", "3", "2", "1"}));
  EXPECT_EQ(sorted_ids(R"([{"tag":{"order":"desc"}},{"pages":"asc"}])"), (Ids{"3", "1", "2", "4", "5"}));
  EXPECT_EQ(sorted_ids(R"([{"tag":{"order":"asc","mode":"max"}},"_doc"])"), (Ids{"5", "2", "4", "1", "3"}));
  EXPECT_EQ(sorted_ids(R"([{"sold":{"order":"desc"}},{"price":"asc"}])"), (Ids{"3", "1", "2", "4", "5"}));
  EXPECT_EQ(sorted_ids(R"([{"_doc":"desc"}])"), (Ids{"5", "4", "3", "2", "1"}));
}

TEST_F(SearchServiceTest, SortValuesAreShownByTheirType) {
  const auto answer = search(
      "books", R"({"sort":[{"pages":"asc"},{"price":"asc"},{"title.raw":"asc"},{"day":"asc"}],"query":{"ids":{"values":["4"]}}})");
  ASSERT_EQ(ids(answer), (Ids{"4"}));
  std::vector<base::JsonValue> values;
  for (const base::JsonValue value : hit(answer, 0)["sort"].as_array()) values.push_back(value);
  ASSERT_EQ(values.size(), 4U);
  EXPECT_EQ(values[0].as_int64(), std::numeric_limits<int32_t>::max());
  EXPECT_EQ(values[1].as_double(), 15);
  EXPECT_EQ(values[2].as_string(), "Deer and Fox");
  EXPECT_EQ(values[3].as_int64(), 1703980800000);
  EXPECT_TRUE(hit(answer, 0)["_score"].is_null());
  EXPECT_TRUE(answer["hits"]["max_score"].is_null());
}

TEST_F(SearchServiceTest, TrackScoresKeepsScoresInASort) {
  const auto answer = search("books", R"({"sort":["pages"],"track_scores":true,"query":{"match":{"title":"red"}}})");
  EXPECT_GT(score(answer, 0), 0);
  EXPECT_FALSE(answer["hits"]["max_score"].is_null());
  const auto by_score = search("books", R"({"sort":["_score",{"pages":"asc"}],"query":{"match":{"title":"red"}}})");
  EXPECT_EQ(ids(by_score), (Ids{"3", "1"}));
}

TEST_F(SearchServiceTest, SearchAfterGoesOnBehindTheLastHit) {
  std::string after;
  Ids seen;
  for (int page = 0; page < 4; ++page) {
    const auto answer = search("books", R"({"size":2,"sort":[{"tag":"desc"},{"title.raw":"asc"}])" + after + "}");
    EXPECT_EQ(total(answer), 5);
    const Ids found = ids(answer);
    seen.insert(seen.end(), found.begin(), found.end());
    if (found.empty()) break;
    base::JsonWriter values;
    values.value(hit(answer, found.size() - 1)["sort"]);
    after = R"(,"search_after":)" + values.text();
  }
  EXPECT_EQ(seen, (Ids{"3", "1", "4", "2", "5"}));
  EXPECT_NE(search_error("books", R"({"from":1,"sort":["pages"],"search_after":[3]})")
                .reason()
                .find("[from] parameter must be set to 0 when [search_after] is used"),
            std::string::npos);
  EXPECT_EQ(search_error("books", R"({"sort":["pages"],"search_after":[3,4]})").reason(),
            "search_after has 2 value(s) but sort has 1.");
}

TEST_F(SearchServiceTest, SortOnTextOrUnmappedFieldsFails) {
  const auto text = search_error("books", R"({"sort":["title"]})");
  EXPECT_EQ(text.reason(), "all shards failed");
  EXPECT_EQ(text.cause()->code(), base::ErrorCode::kIllegalArgument);
  EXPECT_EQ(text.cause()->reason().find("Fielddata is disabled on [title] in [books]. Text fields are not optimised"), 0U);
  const auto unmapped = search_error("books", R"({"sort":["nothing"]})");
  EXPECT_EQ(unmapped.cause()->code(), base::ErrorCode::kQueryShard);
  EXPECT_EQ(unmapped.cause()->reason(), "No mapping found for [nothing] in order to sort on");
  EXPECT_EQ(sorted_ids(R"([{"nothing":{"unmapped_type":"long"}},"pages"])").size(), 5U);
}

TEST_F(SearchServiceTest, TotalsAreLimitedExactOrAbsent) {
  EXPECT_FALSE(search("books", R"({"track_total_hits":false})")["hits"]["total"].exists());
  const auto three = search("books", R"({"track_total_hits":3})");
  EXPECT_EQ(total(three), 3);
  EXPECT_EQ(three["hits"]["total"]["relation"].as_string(), "gte");
  EXPECT_EQ(search("books", "", {{"rest_total_hits_as_int", "true"}})["hits"]["total"].as_int64(), 5);
  EXPECT_EQ(search_error("books", R"({"track_total_hits":10})", {{"rest_total_hits_as_int", "true"}}).reason(),
            "[rest_total_hits_as_int] cannot be used if the tracking of total hits is not accurate, got 10");
}

TEST_F(SearchServiceTest, MinScoreAndPostFilterLimitHitsAndTotal) {
  const auto red = search("books", R"({"query":{"match":{"title":"red"}}})");
  const std::string best = base::format_number(static_cast<float>(score(red, 0)));
  EXPECT_EQ(total(search("books", R"({"query":{"match":{"title":"red"}},"min_score":)" + best + "}")), 1);
  const auto filtered = search("books", R"({"query":{"match":{"title":"red"}},"post_filter":{"term":{"tag":"animal"}}})");
  EXPECT_EQ(ids(filtered), (Ids{"1"}));
  EXPECT_EQ(total(filtered), 1);
}

TEST_F(SearchServiceTest, PagesAreCheckedAgainstTheWindow) {
  const auto error = search_error("books", R"({"from":9999,"size":2})");
  EXPECT_EQ(error.cause()->reason(),
            "Result window is too large, from + size must be less than or equal to: [10000] but was [10001]. See the scroll api "
            "for a more efficient "
            "way to request large data sets. This limit can be set by changing the [index.max_result_window] index level setting.");
  EXPECT_EQ(search_error("books", R"({"size":-1})").reason(), "[size] parameter cannot be negative, found [-1]");
  EXPECT_EQ(search_error("books", "", {{"size", "many"}}).reason(), "Failed to parse int parameter [size] with value [many]");
  EXPECT_EQ(ids(search("books", R"({"size":3})", {{"size", "1"}})).size(), 1U);
  const auto none = search("books", R"({"size":0})");
  EXPECT_EQ(total(none), 5);
  EXPECT_TRUE(none["hits"]["max_score"].is_null());
}

TEST_F(SearchServiceTest, UnknownAndUnsupportedBodyKeysAreRefused) {
  const auto unknown = search_error("books", R"({"foo":"bar"})");
  EXPECT_EQ(unknown.code(), base::ErrorCode::kParsing);
  EXPECT_EQ(unknown.reason(), "unknown key for a VALUE_STRING in [foo].");
  EXPECT_EQ(search_error("books", R"({"foo":{}})").reason(), "unknown key for a START_OBJECT in [foo].");
  for (const char* key : {"pit", "suggest"}) {
    EXPECT_EQ(search_error("books", R"({")" + std::string(key) + R"(":{}})").code(), base::ErrorCode::kIllegalArgument) << key;
  }
}

TEST_F(SearchServiceTest, SourceCanBeFilteredAndFieldsFetched) {
  const auto answer = search(
      "books", R"({"query":{"ids":{"values":["1"]}},"_source":["title","author.*"],"fields":["pages","day","author.n*","title.raw"],
      "docvalue_fields":["tag",{"field":"price"}],"version":true,"seq_no_primary_term":true})");
  const auto first = hit(answer, 0);
  EXPECT_EQ(base::JsonWriter().value(first["_source"]).text(),
            R"({"title":"The Red Fox","author":{"name":"Ann Fuchs","born":1960}})");
  EXPECT_EQ(
      base::JsonWriter().value(first["fields"]).text(),
      R"({"tag":["animal","red"],"price":[9.5],"pages":[100],"day":["2020-01-15T00:00:00.000Z"],"author.name":["Ann Fuchs"],"title.raw":["The Red Fox"]})");
  EXPECT_EQ(first["_version"].as_int64(), 1);
  EXPECT_EQ(first["_primary_term"].as_int64(), 1);
  EXPECT_TRUE(first["_seq_no"].exists());
  EXPECT_FALSE(hit(search("books", R"({"_source":false})"), 0)["_source"].exists());
  EXPECT_FALSE(hit(search("books", R"({"stored_fields":"_none_"})"), 0)["_id"].exists());
}

TEST_F(SearchServiceTest, NamedQueriesThatMatchAreListed) {
  const auto answer = search(
      "books",
      R"({"query":{"bool":{"should":[{"match":{"title":{"query":"fox","_name":"f"}}},{"term":{"tag":{"value":"red","_name":"r"}}}]}},"sort":["title.raw"]})");
  ASSERT_EQ(ids(answer), (Ids{"4", "3", "1"}));
  EXPECT_EQ(base::JsonWriter().value(hit(answer, 0)["matched_queries"]).text(), R"(["f"])");
  EXPECT_EQ(base::JsonWriter().value(hit(answer, 1)["matched_queries"]).text(), R"(["r"])");
  EXPECT_EQ(base::JsonWriter().value(hit(answer, 2)["matched_queries"]).text(), R"(["f","r"])");
}

TEST_F(SearchServiceTest, ExplanationAddsUpToTheScore) {
  const auto answer = search("books", R"({"explain":true,"query":{"match":{"title":"red fox"}}})");
  const auto first = hit(answer, 0);
  EXPECT_EQ(first["_explanation"]["value"].as_double(), first["_score"].as_double());
  EXPECT_EQ(first["_explanation"]["description"].as_string(), "sum of:");
}

TEST_F(SearchServiceTest, StandardRetrieverIsAPlainSearch) {
  const auto plain = search("books", R"({"query":{"match":{"title":"red fox"}}})");
  const auto tree = search("books", R"({"retriever":{"standard":{"query":{"match":{"title":"red fox"}}}}})");
  EXPECT_EQ(base::JsonWriter().value(plain["hits"]).text(), base::JsonWriter().value(tree["hits"]).text());
  EXPECT_EQ(
      ids(search(
          "books",
          R"({"retriever":{"standard":{"query":{"match":{"title":"red fox"}},"filter":[{"term":{"tag":"red"}}],"sort":[{"pages":"desc"}]}}})")),
      (Ids{"1", "3"}));
  EXPECT_EQ(total(search("books", R"({"retriever":{"standard":{"min_score":2}}})")), 0);
}

TEST_F(SearchServiceTest, TerminateAfterStopsEarly) {
  const auto answer = search("books", R"({"terminate_after":2})");
  EXPECT_TRUE(answer["terminated_early"].as_bool());
  EXPECT_EQ(ids(answer), (Ids{"1", "2"}));
}

TEST_F(SearchServiceTest, TimeoutGivesPartialHits) {
  const auto answer = search("books", R"({"timeout":"0ms"})");
  EXPECT_TRUE(answer["timed_out"].as_bool());
}

TEST_F(SearchServiceTest, SeveralSegmentsScoreAsOne) {
  create("many", R"({"mappings":{"properties":{"t":{"type":"text"}}}})");
  create("single", R"({"mappings":{"properties":{"t":{"type":"text"}}}})");
  std::vector<std::pair<std::string, std::string>> all;
  for (int i = 0; i < 6; ++i) {
    std::string words = "w" + std::to_string(i % 2);
    for (int j = 0; j < i; ++j) words += " filler";
    all.emplace_back(std::to_string(i), R"({"t":")" + words + R"("})");
    add("many", {all.back()});
  }
  add("single", all);
  const std::string query = R"({"query":{"match":{"t":"w1 filler"}}})";
  const auto many = search("many", query);
  const auto single = search("single", query);
  ASSERT_EQ(ids(many), ids(single));
  for (size_t i = 0; i < ids(many).size(); ++i) EXPECT_EQ(score(many, i), score(single, i));
}

TEST_F(SearchServiceTest, CountCounts) {
  const auto count = [&](const std::string& body) {
    const auto document = base::JsonDocument::parse(body);
    const SearchCall call{"books", {}, &*document};
    return service_->count(call, base::Cancellation());
  };
  const auto red = count(R"({"query":{"match":{"title":"red"}}})");
  ASSERT_TRUE(red.has_value());
  EXPECT_EQ(*red, R"({"count":2,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0}})");
  const auto aggs = count(R"({"aggs":{}})");
  ASSERT_FALSE(aggs.has_value());
  EXPECT_EQ(aggs.error().reason(), "request does not support [aggs]");
}

TEST_F(SearchServiceTest, IndicesAreResolved) {
  EXPECT_EQ(search_error("missing", "").code(), base::ErrorCode::kIndexNotFound);
  EXPECT_EQ(search("nothing*", "")["_shards"]["total"].as_int64(), 0);
  EXPECT_EQ(total(search("books,missing", "", {{"ignore_unavailable", "true"}})), 5);
  EXPECT_EQ(search_error("nothing*", "", {{"allow_no_indices", "false"}}).code(), base::ErrorCode::kIndexNotFound);
  EXPECT_EQ(search_error("books", "", {{"expand_wildcards", "upwards"}}).reason(), "No valid expand wildcard value [upwards]");
}

TEST(SourceFilterTest, KeepsWhatIsAskedFor) {
  const std::string source = R"({"a":1,"b":{"c":[{"d":1,"e":2},{"e":3}],"f":null},"g.h":4})";
  const auto filtered = [&](std::vector<std::string> includes, std::vector<std::string> excludes) {
    return filter_source(source, {true, std::move(includes), std::move(excludes)}).value_or("error");
  };
  EXPECT_EQ(filtered({}, {}), source);
  EXPECT_EQ(filtered({"a"}, {}), R"({"a":1})");
  EXPECT_EQ(filtered({"b.c.d"}, {}), R"({"b":{"c":[{"d":1}]}})");
  EXPECT_EQ(filtered({"b"}, {"*.e"}), R"({"b":{"c":[{"d":1},{}],"f":null}})");
  EXPECT_EQ(filtered({}, {"b"}), R"({"a":1,"g.h":4})");
  EXPECT_EQ(filtered({"g.*"}, {}), R"({"g.h":4})");
  EXPECT_EQ(filtered({"none"}, {}), "{}");
}

}  // namespace
}  // namespace selene::search
