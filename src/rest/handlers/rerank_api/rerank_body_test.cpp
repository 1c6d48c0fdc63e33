#include "rest/handlers/rerank_api/rerank_body.h"

#include <gtest/gtest.h>

namespace selene::rest {
namespace {

std::optional<RerankBodyError> fault_of(std::string_view text, std::string_view key = "documents") {
  const auto document = base::JsonDocument::parse(text).value();
  RerankBody body;
  return parse_rerank_body(document.root(), key, body);
}

TEST(RerankBodyTest, ReadsStringsObjectsAndIgnoresUnknownKeys) {
  const auto document =
      base::JsonDocument::parse(
          R"({"query":"q","model":"m","documents":["a",{"text":"b"}],"top_n":3,"return_documents":true,"priority":1})")
          .value();
  RerankBody body;
  ASSERT_FALSE(parse_rerank_body(document.root(), "documents", body).has_value());
  EXPECT_EQ(body.texts, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(body.model, "m");
  EXPECT_EQ(body.top_n, 3);
  EXPECT_TRUE(body.return_documents);
  EXPECT_FALSE(body.asks_top_k);
}

TEST(RerankBodyTest, RankFieldsAreJoinedInTheirOrder) {
  const auto document =
      base::JsonDocument::parse(R"({"query":"q","documents":[{"a":"1","b":"2","c":"3"}],"rank_fields":["c","a"]})").value();
  RerankBody body;
  ASSERT_FALSE(parse_rerank_body(document.root(), "documents", body).has_value());
  EXPECT_EQ(body.texts, (std::vector<std::string>{"3\n1"}));
}

TEST(RerankBodyTest, FaultsAreOfTheirKind) {
  EXPECT_EQ(fault_of("[]")->fault, RerankFault::kMalformed);
  EXPECT_EQ(fault_of(R"({"query":null,"documents":["a"]})")->fault, RerankFault::kMalformed);
  EXPECT_EQ(fault_of(R"({"query":"q"})")->fault, RerankFault::kEmpty);
  EXPECT_EQ(fault_of(R"({"query":"q","texts":[]})", "texts")->fault, RerankFault::kEmpty);
  EXPECT_EQ(fault_of(R"({"query":"q","documents":[1]})")->fault, RerankFault::kMalformed);
  EXPECT_EQ(fault_of(R"({"query":"q","documents":[{"x":"y"}]})")->fault, RerankFault::kMalformed);
  EXPECT_EQ(fault_of(R"({"query":"q","documents":["a"],"top_n":0})")->fault, RerankFault::kMalformed);
  std::string many = R"({"query":"q","texts":["a")";
  for (size_t i = 0; i < kMaxClientBatchSize; ++i) many += R"(,"a")";
  EXPECT_EQ(fault_of(many + "]}", "texts")->fault, RerankFault::kTooMany);
}

TEST(RerankBodyTest, ScoresBecomeProbabilities) {
  EXPECT_FLOAT_EQ(probability(0.0F, inference::ScoreKind::kLogit), 0.5F);
  EXPECT_GT(probability(8.0F, inference::ScoreKind::kLogit), 0.999F);
  EXPECT_FLOAT_EQ(probability(-1.0F, inference::ScoreKind::kCosine), 0.0F);
  EXPECT_FLOAT_EQ(probability(0.7F, inference::ScoreKind::kRelevance), 0.7F);
  EXPECT_FLOAT_EQ(probability(1.5F, inference::ScoreKind::kRelevance), 1.0F);
}

}  // namespace
}  // namespace selene::rest
