#include "search/retrievers/text_similarity_reranker.h"

#include "search/search_fixture.h"

namespace selene::search {
namespace {

/// Documents of which a match of "moon" finds four; the fake model likes what its `score` says.
class RerankerTest : public SearchFixture {
 protected:
  void SetUp() override {
    SearchFixture::SetUp();
    create(
        "sky",
        R"({"mappings":{"properties":{"text":{"type":"text"},"tag":{"type":"keyword"},"title":{"type":"text"},"n":{"type":"integer"}}}})");
    add("sky", {{"a", R"({"text":"moon moon moon","tag":"x","n":1})"},
                {"b", R"({"text":"moon moon and more of that","tag":"y","n":2})"},
                {"c", R"({"text":["moon first", "second"],"tag":"x","n":3})"},
                {"d", R"({"title":"moon without text","tag":"x","n":4})"},
                {"e", R"({"text":"a moon of many words about nothing much at all","tag":"y","n":5})"}});
    inference_.score = [this](std::string_view, std::string_view text) {
      const auto found = raw_.find(text);
      return found == raw_.end() ? 0.0F : found->second;
    };
    raw_ = {{"moon moon moon", -1.0F},
            {"moon moon and more of that", 2.0F},
            {"moon first", 0.5F},
            {"a moon of many words about nothing much at all", -3.2F}};
  }
  static std::string tree(const std::string& extra,
                          const std::string& child = R"({"standard":{"query":{"match":{"text":"moon"}}}})") {
    return R"({"text_similarity_reranker":{"retriever":)" + child +
           R"(,"field":"text","inference_id":"fake","inference_text":"which moon?")" + extra + "}}";
  }
  static std::string body(const std::string& retriever, const std::string& extra = "") {
    return R"({"retriever":)" + retriever + extra + "}";
  }

  std::map<std::string, float, std::less<>> raw_;
};

TEST_F(RerankerTest, OrdersByTheModelAndMapsItsScores) {
  const auto answer = search("sky", body(tree("")));
  EXPECT_EQ(ids(answer), (std::vector<std::string>{"b", "c", "a", "e"}));
  EXPECT_FLOAT_EQ(static_cast<float>(score(answer, 0)), 3.0F);
  EXPECT_FLOAT_EQ(static_cast<float>(score(answer, 1)), 1.5F);
  EXPECT_NEAR(score(answer, 2), 0.36787945, 1e-6);
  EXPECT_NEAR(score(answer, 3), 0.04076220, 1e-6);
  EXPECT_EQ(total(answer), 4);
  EXPECT_FLOAT_EQ(static_cast<float>(answer["hits"]["max_score"].as_double()), 3.0F);
  EXPECT_EQ(inference_.last_query, "which moon?");
}

TEST_F(RerankerTest, TextsAreSentInTheChildsOrderFirstValueOnly) {
  search("sky", body(tree("")));
  ASSERT_EQ(inference_.last_inputs.size(), 4U);
  const auto child = search("sky", R"({"query":{"match":{"text":"moon"}}})");
  std::vector<std::string> expected;
  for (const std::string& id : ids(child)) {
    expected.push_back(id == "a"   ? "moon moon moon"
                       : id == "b" ? "moon moon and more of that"
                       : id == "c" ? "moon first"
                                   : "a moon of many words about nothing much at all");
  }
  EXPECT_EQ(inference_.last_inputs, expected);
  EXPECT_EQ(inference_.num_calls, 1);
}

TEST_F(RerankerTest, TheModelHasThirtySecondsOrWhatTheServiceIsTold) {
  search("sky", body(tree("")));
  EXPECT_EQ(inference_.last_timeout, std::chrono::seconds(30));
  service_->set_rerank_timeout(std::chrono::hours(1));
  search("sky", body(tree("")));
  EXPECT_EQ(inference_.last_timeout, std::chrono::hours(1));
}

TEST_F(RerankerTest, DocumentsWithoutTheFieldAreDroppedButCounted) {
  const auto answer = search("sky", body(tree("", R"({"standard":{}})")));
  EXPECT_EQ(ids(answer), (std::vector<std::string>{"b", "c", "a", "e"}));
  EXPECT_EQ(total(answer), 5);
}

TEST_F(RerankerTest, MinScoreComparesRawScoresAndLimitsTheTotal) {
  const auto answer = search("sky", body(tree(R"(,"min_score":0.5)")));
  EXPECT_EQ(ids(answer), (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(total(answer), 2);
  EXPECT_EQ(ids(search("sky", body(tree(R"(,"min_score":0)")))), (std::vector<std::string>{"b", "c"}));
  const auto nothing = search("sky", body(tree(R"(,"min_score":100)")));
  EXPECT_EQ(total(nothing), 0);
  EXPECT_TRUE(nothing["hits"]["max_score"].is_null());
}

TEST_F(RerankerTest, WindowLimitsWhatTheModelSees) {
  const auto answer = search("sky", body(tree(R"(,"rank_window_size":2)"), R"(,"size":2)"));
  EXPECT_EQ(inference_.last_inputs.size(), 2U);
  EXPECT_EQ(ids(answer).size(), 2U);
  EXPECT_EQ(total(answer), 4);
}

TEST_F(RerankerTest, FromPagesOverTheRerankedList) {
  const auto answer = search("sky", body(tree(""), R"(,"from":1,"size":2)"));
  EXPECT_EQ(ids(answer), (std::vector<std::string>{"c", "a"}));
  EXPECT_TRUE(ids(search("sky", body(tree(""), R"(,"from":50)"))).empty());
  const auto none = search("sky", body(tree(""), R"(,"size":0)"));
  EXPECT_TRUE(ids(none).empty());
  EXPECT_EQ(total(none), 4);
}

TEST_F(RerankerTest, FiltersActBeforeTheWindowIsCut) {
  const auto answer = search("sky", body(tree(R"(,"filter":{"term":{"tag":"y"}},"rank_window_size":1)"), R"(,"size":1)"));
  EXPECT_EQ(total(answer), 2);
  ASSERT_EQ(inference_.last_inputs.size(), 1U);
  EXPECT_EQ(ids(answer), (std::vector<std::string>{"b"}));
  const auto two = search("sky", body(tree(R"(,"filter":[{"term":{"tag":"y"}},{"range":{"n":{"gt":2}}}])")));
  EXPECT_EQ(ids(two), (std::vector<std::string>{"e"}));
}

TEST_F(RerankerTest, FiltersReachTheInnermostLeaf) {
  const auto answer = search("sky", body(tree(R"(,"filter":{"term":{"tag":"x"}})", tree(""))));
  EXPECT_EQ(ids(answer), (std::vector<std::string>{"c", "a"}));
  EXPECT_EQ(total(answer), 2);
}

TEST_F(RerankerTest, UnknownEndpointFailsEvenWhenNothingMatches) {
  for (const char* word : {"moon", "zebra"}) {
    const std::string retriever = R"({"text_similarity_reranker":{"retriever":{"standard":{"query":{"match":{"text":")" +
                                  std::string(word) + R"("}}}},"field":"text","inference_id":"none","inference_text":"q"}})";
    const auto error = search_error("sky", body(retriever));
    EXPECT_EQ(error.code(), base::ErrorCode::kResourceNotFound);
    EXPECT_EQ(error.reason(), "Inference endpoint not found [none]");
  }
}

TEST_F(RerankerTest, NothingFoundNeedsNoModel) {
  const auto answer = search("sky", body(tree("", R"({"standard":{"query":{"match":{"text":"zebra"}}}})")));
  EXPECT_EQ(total(answer), 0);
  EXPECT_TRUE(ids(answer).empty());
  EXPECT_EQ(inference_.num_calls, 0);
}

TEST_F(RerankerTest, EndpointWithTooSmallTopNIsRefused) {
  inference_.top_n = 2;
  const auto error = search_error("sky", body(tree("")));
  EXPECT_EQ(error.code(), base::ErrorCode::kIllegalArgument);
  EXPECT_EQ(error.reason(),
            "Inference endpoint [fake] is configured to return the top [2] results, but rank_window_size is [10]. Reduce "
            "rank_window_size to be "
            "less than or equal to the configured top N value.");
}

TEST_F(RerankerTest, FailingModelFailsTheSearch) {
  inference_.failure = base::Error(base::ErrorCode::kStatusTooManyRequests, "busy");
  const auto error = search_error("sky", body(tree("")));
  EXPECT_EQ(error.code(), base::ErrorCode::kStatusTooManyRequests);
  EXPECT_EQ(
      error.reason(),
      "[text_similarity_reranker] search failed - retrievers '[standard]' returned errors. All failures are attached as suppressed "
      "exceptions.");
  ASSERT_EQ(error.suppressed().size(), 1U);
  EXPECT_EQ(error.suppressed()[0].reason(), "Computing updated ranks for results failed");
  ASSERT_NE(error.suppressed()[0].cause(), nullptr);
  EXPECT_EQ(error.suppressed()[0].cause()->reason(), "busy");
}

TEST_F(RerankerTest, WrongNumberOfScoresIsAServerError) {
  inference_.num_lost_answers = 1;
  const auto error = search_error("sky", body(tree("")));
  EXPECT_EQ(error.code(), base::ErrorCode::kStatusInternal);
  EXPECT_EQ(error.suppressed()[0].cause()->reason(), "Reranker input document count and returned score count mismatch: [4] vs [3]");
}

TEST_F(RerankerTest, AllowedFailuresKeepTheChildsOrderAndScores) {
  const auto child = search("sky", R"({"query":{"match":{"text":"moon"}}})");
  inference_.failure = base::Error(base::ErrorCode::kIllegalState, "broken");
  const auto answer = search("sky", body(tree(R"(,"allow_rerank_failures":true,"min_score":100)")));
  EXPECT_EQ(ids(answer), ids(child));
  for (size_t i = 0; i < 4; ++i) EXPECT_FLOAT_EQ(static_cast<float>(score(answer, i)), static_cast<float>(score(child, i)));
  const auto sorted = search("sky", body(tree(R"(,"allow_rerank_failures":true)",
                                              R"({"standard":{"query":{"match":{"text":"moon"}},"sort":[{"n":"desc"}]}})")));
  EXPECT_EQ(ids(sorted), (std::vector<std::string>{"e", "c", "b", "a"}));
  EXPECT_FLOAT_EQ(static_cast<float>(score(sorted, 1)), 0.5F);
}

TEST_F(RerankerTest, AllowedFailuresAreTold) {
  const std::string text = body(tree(R"(,"allow_rerank_failures":true)"));
  const auto document = base::JsonDocument::parse(text).value();
  std::vector<std::string> warnings;
  const SearchCall call{"sky", {}, &document, &warnings};
  ASSERT_TRUE(service_->search(call, {}).has_value());
  EXPECT_TRUE(warnings.empty());
  inference_.failure = base::Error(base::ErrorCode::kStatusTimeout, "Request timed out after [30s]");
  ASSERT_TRUE(service_->search(call, {}).has_value());
  EXPECT_EQ(warnings,
            (std::vector<std::string>{"re-ranking with inference endpoint [fake] failed, the hits are in first-stage order: "
                                      "Request timed out after [30s]"}));
}

TEST_F(RerankerTest, WindowsAreValidated) {
  const auto reason = [&](const std::string& request) {
    const auto error = search_error("sky", request);
    EXPECT_EQ(error.code(), base::ErrorCode::kActionRequestValidation);
    return error.reason();
  };
  EXPECT_EQ(
      reason(body(tree(R"(,"rank_window_size":2)"))),
      "Validation Failed: 1: [text_similarity_reranker] requires [rank_window_size: 2] be greater than or equal to [size: 10];");
  EXPECT_EQ(reason(body(tree(R"(,"rank_window_size":-10)"))),
            "Validation Failed: 1: [rank_window_size] parameter cannot be negative, found [-10];");
  EXPECT_EQ(reason(body(tree(R"(,"rank_window_size":20)", tree("")))),
            "Validation Failed: 1: [text_similarity_reranker] requires [rank_window_size: 20] to be smaller than or equal to its "
            "sub retriever's "
            "text_similarity_reranker [rank_window_size: 10];");
  EXPECT_EQ(reason(body(tree("", R"({"standard":{"terminate_after":3}})"))),
            "Validation Failed: 1: [terminate_after] cannot be used in children of compound retrievers;");
  EXPECT_EQ(reason(body(tree("", R"({"standard":{"sort":["n"],"search_after":[3]}})"))),
            "Validation Failed: 1: [search_after] cannot be used in children of compound retrievers;");
  EXPECT_EQ(reason(body(tree(""), R"(,"query":{"match_all":{}})")),
            "Validation Failed: 1: cannot specify [retriever] and [query];");
  EXPECT_EQ(reason(body(tree(""), R"(,"sort":["n"],"query":{"match_all":{}})")),
            "Validation Failed: 1: cannot specify [retriever] and [query, sort];");
  const auto scroll = search_error("sky", body(tree("")), {{"scroll", "1m"}});
  EXPECT_EQ(scroll.reason(), "Validation Failed: 1: cannot specify [text_similarity_reranker] and [scroll];");
}

TEST_F(RerankerTest, MissingAndUnknownKeysAreNamed) {
  EXPECT_EQ(search_error("sky", R"({"retriever":{"text_similarity_reranker":{"field":"text"}}})").reason(),
            "Required [retriever, inference_text]");
  const auto unknown = search_error("sky", body(tree(R"(,"foo":1)")));
  EXPECT_EQ(unknown.code(), base::ErrorCode::kXContentParse);
  EXPECT_NE(unknown.reason().find("[text_similarity_reranker] unknown field [foo]"), std::string::npos);
  EXPECT_EQ(unknown.reason().find("[1:"), 0U);
  EXPECT_NE(search_error("sky", body(tree(R"(,"rank_windw_size":1)")))
                .reason()
                .find("unknown field [rank_windw_size] did you mean [rank_window_size]?"),
            std::string::npos);
  EXPECT_NE(
      search_error("sky", body(tree(R"(,"rank_window_size":{})"))).reason().find("doesn't support values of type: START_OBJECT"),
      std::string::npos);
}

TEST_F(RerankerTest, ShapesOfRetrieversAreChecked) {
  EXPECT_EQ(search_error("sky", R"({"retriever":{"foo":{}}})").reason(), "unknown retriever [foo]");
  EXPECT_EQ(search_error("sky", R"({"retriever":{"standart":{}}})").reason(),
            "unknown retriever [standart] did you mean [standard]?");
  EXPECT_EQ(search_error("sky", R"({"retriever":{}})").reason(), "retriever malformed, empty clause found");
  EXPECT_EQ(search_error("sky", R"({"retriever":[]})").reason(), "retriever malformed, must start with [START_OBJECT]");
  EXPECT_EQ(search_error("sky", R"({"retriever":{"standard":3}})").reason(),
            "[standard] retriever malformed, no [START_OBJECT] after retriever name");
}

TEST_F(RerankerTest, TreesAreLimitedInDepth) {
  std::string chain = R"({"standard":{"query":{"match":{"text":"moon"}}}})";
  for (int i = 0; i < 15; ++i) chain = tree("", chain);
  EXPECT_EQ(ids(search("sky", body(chain))).size(), 4U);
  const auto error = search_error("sky", body(tree("", chain)));
  EXPECT_EQ(error.code(), base::ErrorCode::kIllegalArgument);
  EXPECT_EQ(error.reason(), "The nested depth of the [retriever] exceeds the maximum nested depth of [16] for retrievers");
}

TEST_F(RerankerTest, FailingChildFailsTheSearchWithItsStatus) {
  const auto error = search_error("sky", body(tree("", R"({"standard":{"sort":["text"]}})")));
  EXPECT_EQ(error.code(), base::ErrorCode::kStatusBadRequest);
  ASSERT_EQ(error.suppressed().size(), 1U);
  EXPECT_EQ(error.suppressed()[0].reason(), "all shards failed");
}

TEST_F(RerankerTest, SeveralIndicesShareOneList) {
  add("more", {{"z", R"({"text":"moon of another index"})"}});
  raw_["moon of another index"] = 9;
  const auto answer = search("sky,more", body(tree("")));
  EXPECT_EQ(ids(answer), (std::vector<std::string>{"z", "b", "c", "a", "e"}));
  EXPECT_EQ(hit(answer, 0)["_index"].as_string(), "more");
  EXPECT_EQ(total(answer), 5);
  EXPECT_EQ(answer["_shards"]["total"].as_int64(), 2);
}

TEST_F(RerankerTest, TotalCanBeLimitedOrLeftOut) {
  const auto limited = search("sky", body(tree(""), R"(,"track_total_hits":2)"));
  EXPECT_EQ(total(limited), 2);
  EXPECT_EQ(limited["hits"]["total"]["relation"].as_string(), "gte");
  EXPECT_FALSE(search("sky", body(tree(""), R"(,"track_total_hits":false)"))["hits"]["total"].exists());
}

TEST_F(RerankerTest, CancelledSearchSaysSo) {
  const std::string text = body(tree(""));
  const auto document = base::JsonDocument::parse(text);
  const SearchCall call{"sky", {}, &*document};
  const base::Cancellation cancellation;
  cancellation.cancel();
  const auto result = service_->search(call, cancellation);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code(), base::ErrorCode::kTaskCancelled);
}

}  // namespace
}  // namespace selene::search
