#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "base/format.h"
#include "base/thread_pool.h"
#include "search/backends/shared_searches.h"
#include "search/search_fixture.h"

namespace selene::search {
namespace {

/// Trees run through the service; documents a..e with n 1..5.
class FusionRetrieversTest : public SearchFixture {
 protected:
  void SetUp() override {
    SearchFixture::SetUp();
    create("sky", R"({"mappings":{"properties":{"text":{"type":"text"},"n":{"type":"integer"}}}})");
    for (int n = 1; n <= 5; ++n) {  // one document a segment
      add("sky", {{std::string(1, static_cast<char>('a' + n - 1)), base::format(R"({{"text":"moon {}","n":{}}})", n, n)}});
    }
  }
  static std::string leaf(const std::string& query) { return R"({"standard":{"query":)" + query + "}}"; }
  static std::string rrf(const std::string& children, const std::string& more = "") {
    return R"({"rrf":{"rank_constant":1,"retrievers":[)" + children + "]" + more + "}}";
  }
  static std::string body(const std::string& retriever) { return R"({"retriever":)" + retriever + "}"; }
  const std::string by_n_ = R"({"function_score":{"query":{"match_all":{}},"field_value_factor":{"field":"n"}}})";
};

TEST_F(FusionRetrieversTest, DocumentsOfManySegmentsAreOneList) {
  const auto answer = search("sky", body(rrf(leaf(by_n_) + "," + leaf(R"({"term":{"n":1}})"))));
  EXPECT_EQ(ids(answer), (std::vector<std::string>{"a", "e", "d", "c", "b"}));  // a: 1/6 + 1/2
  EXPECT_FLOAT_EQ(static_cast<float>(score(answer, 0)), 1.0F / 6 + 0.5F);
  EXPECT_EQ(total(answer), 5);
}

TEST_F(FusionRetrieversTest, TreesAreLimitedInDepth) {
  std::string chain = leaf(by_n_);
  for (int i = 0; i < 15; ++i) chain = rrf(chain);
  EXPECT_EQ(ids(search("sky", body(chain))).front(), "e");
  const auto error = search_error("sky", body(rrf(chain)));
  EXPECT_EQ(error.code(), base::ErrorCode::kIllegalArgument);
  EXPECT_EQ(error.reason(), "The nested depth of the [retriever] exceeds the maximum nested depth of [16] for retrievers");
}

TEST_F(FusionRetrieversTest, ManyTreesAtOnceGiveTheSame) {
  std::string children;
  for (int i = 0; i < 8; ++i)
    children += (i == 0 ? "" : ",") + rrf(leaf(by_n_) + "," + leaf(base::format(R"({{"term":{{"n":{}}}}})", i % 5 + 1)));
  const std::string text = body(rrf(children));
  const auto hits_of = [](const base::Result<std::string>& answer) {
    return answer.has_value() ? answer->substr(answer->find("\"hits\"")) : answer.error().reason();
  };
  const std::string expected = hits_of(try_search("sky", text));
  std::vector<std::string> answers(6);
  std::vector<std::thread> threads;
  for (std::string& answer : answers) threads.emplace_back([&] { answer = hits_of(try_search("sky", text)); });
  for (std::thread& thread : threads) thread.join();
  for (const std::string& answer : answers) EXPECT_EQ(answer, expected);
}

TEST_F(FusionRetrieversTest, WorstStatusOfSeveralFailuresHolds) {
  inference_.failure = base::Error(base::ErrorCode::kStatusTooManyRequests, "busy");
  const std::string reranked = R"({"text_similarity_reranker":{"retriever":)" + leaf(by_n_) +
                               R"(,"field":"text","inference_id":"fake","inference_text":"q"}})";
  const auto error = search_error("sky", body(rrf(R"({"standard":{"sort":["text"]}},)" + reranked + "," + leaf(by_n_))));
  EXPECT_EQ(error.code(), base::ErrorCode::kStatusTooManyRequests);
  EXPECT_EQ(error.reason(),
            "[rrf] search failed - retrievers '[standard, text_similarity_reranker]' returned errors. All failures are attached as "
            "suppressed exceptions.");
  EXPECT_EQ(error.suppressed().size(), 2U);
}

TEST_F(FusionRetrieversTest, ALeafThatStandsTwiceIsSearchedOnce) {
  const std::string text = R"({"match":{"text":"moon"}})";
  const auto document = base::JsonDocument::parse(text).value();
  const auto index = catalog_->find("sky");
  LocalBackend backend({{index, index->engine->snapshot(), nullptr}}, &document, 0);
  SharedSearches searches(backend);
  SearchBackend::LeafQuery leaf;
  leaf.query = document.root();
  leaf.size = 3;
  const base::Cancellation cancellation;
  EXPECT_EQ(searches.search(leaf, cancellation)->top.docs.size(), 3U);
  leaf.size = 2;
  EXPECT_EQ(searches.search(leaf, cancellation)->top.docs.size(), 2U);
  EXPECT_EQ(searches.num_searches(), 1);
  leaf.size = 4;
  EXPECT_EQ(searches.search(leaf, cancellation)->top.docs.size(), 4U);
  EXPECT_EQ(searches.num_searches(), 2);
  leaf.min_score = 0.0F;
  EXPECT_EQ(searches.search(leaf, cancellation)->top.docs.size(), 4U);
  EXPECT_EQ(searches.num_searches(), 3);
}

}  // namespace
}  // namespace selene::search
