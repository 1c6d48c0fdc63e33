#include "inference/endpoints/embedding_rerank.h"

#include <gtest/gtest.h>

namespace selene::inference {
namespace {

/// Gives [size of text, 1] and remembers what it was asked.
class FakeEndpoint final : public Endpoint {
 public:
  const EndpointInfo& info() const override { return info_; }
  base::Status start(const base::Cancellation&) override { return {}; }
  base::Result<std::vector<std::vector<float>>> text_embedding(const EmbeddingRequest& request,
                                                               const base::Cancellation&) override {
    std::vector<std::vector<float>> vectors;
    for (const std::string_view input : request.inputs) {
      asked.emplace_back(std::string(input_type_name(request.input_type)) + ":" + std::string(input));
      vectors.push_back({static_cast<float>(input.size()), 1.0F});
    }
    return vectors;
  }
  std::vector<std::string> asked;

 private:
  EndpointInfo info_;
};

TEST(EmbeddingRerankTest, CosineIsThatOfDirections) {
  const std::vector<float> x = {1, 0};
  const std::vector<float> y = {0, 2};
  const std::vector<float> both = {3, 3};
  const std::vector<float> zero = {0, 0};
  EXPECT_FLOAT_EQ(cosine(x, x), 1.0F);
  EXPECT_FLOAT_EQ(cosine(x, y), 0.0F);
  EXPECT_FLOAT_EQ(cosine(x, both), 0.70710678F);
  EXPECT_FLOAT_EQ(cosine(x, std::vector<float>{-5, 0}), -1.0F);
  EXPECT_EQ(cosine(x, zero), 0.0F);
}

TEST(EmbeddingRerankTest, QueryAndDocumentsAreEmbeddedInTheirRoles) {
  FakeEndpoint endpoint;
  RerankRequest request;
  request.query = "ab";
  request.inputs = {"ab", "abcdefgh"};
  const auto result = rerank_by_embeddings(endpoint, request, {});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(endpoint.asked, (std::vector<std::string>{"search:ab", "ingest:ab", "ingest:abcdefgh"}));
  EXPECT_FLOAT_EQ(result->docs[0].relevance_score, 1.0F);
  EXPECT_LT(result->docs[1].relevance_score, 1.0F);
}

TEST(EmbeddingRerankTest, StoredVectorsAreNotEmbeddedAgain) {
  FakeEndpoint endpoint;
  const std::vector<float> stored = {2, 1};
  RerankRequest request;
  request.query = "ab";
  request.inputs = {"left alone", "new"};
  request.stored_vectors = {stored, {}};
  const auto result = rerank_by_embeddings(endpoint, request, {});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(endpoint.asked, (std::vector<std::string>{"search:ab", "ingest:new"}));
  EXPECT_FLOAT_EQ(result->docs[0].relevance_score, 1.0F);
  const std::vector<float> wrong = {1, 2, 3};
  request.stored_vectors = {wrong, {}};
  EXPECT_FALSE(rerank_by_embeddings(endpoint, request, {}).has_value());
}

}  // namespace
}  // namespace selene::inference
