#include "search/query/query_inference.h"

#include "search/query/request_warnings.h"
#include "search/search_fixture.h"

namespace selene::search {
namespace {

/// Embeds a text as its length.
class LengthInference : public FakeInference {
 public:
  base::Result<std::vector<inference::SparseEmbedding>> sparse_embedding(std::string_view,
                                                                         const inference::EmbeddingRequest& request,
                                                                         const base::Cancellation&) override {
    ++num_calls;
    if (failure) return *failure;
    std::vector<inference::SparseEmbedding> answers;
    for (const std::string_view input : request.inputs) answers.push_back({{{"length", static_cast<float>(input.size())}}, false});
    return answers;
  }
  base::Result<std::vector<std::vector<float>>> text_embedding(std::string_view, const inference::EmbeddingRequest& request,
                                                               const base::Cancellation&) override {
    ++num_calls;
    last_input_type = request.input_type;
    return std::vector<std::vector<float>>(request.inputs.size() - num_lost_answers, {1.0F, 2.0F});
  }
  inference::InputType last_input_type = inference::InputType::kUnspecified;
};

TEST(QueryInferenceTest, TheSameTextForTheSameEndpointIsComputedOnce) {
  LengthInference service;
  QueryInference queries(service, base::Cancellation());
  for (int i = 0; i < 3; ++i) {
    const auto tokens = queries.sparse_embedding("a", "abc");
    ASSERT_TRUE(tokens.has_value());
    ASSERT_EQ(tokens->size(), 1U);
    EXPECT_EQ(tokens->front().weight, 3);
  }
  EXPECT_EQ(service.num_calls, 1);
  EXPECT_TRUE(queries.sparse_embedding("b", "abc").has_value());
  EXPECT_TRUE(queries.sparse_embedding("a", "abcd").has_value());
  EXPECT_EQ(service.num_calls, 3);
  EXPECT_TRUE(queries.text_embedding("a", "abc").has_value());
  EXPECT_EQ(service.num_calls, 4);
  EXPECT_EQ(service.last_input_type, inference::InputType::kSearch);
}

TEST(QueryInferenceTest, TheFirstFailureIsKeptAndNotTriedAgain) {
  LengthInference service;
  QueryInference queries(service, base::Cancellation());
  EXPECT_TRUE(queries.sparse_embedding("a", "fine").has_value());
  EXPECT_FALSE(queries.failure());
  service.failure = base::Error(base::ErrorCode::kResourceNotFound, "Inference endpoint not found [a]");
  EXPECT_FALSE(queries.sparse_embedding("a", "x").has_value());
  EXPECT_FALSE(queries.sparse_embedding("a", "x").has_value());
  EXPECT_EQ(service.num_calls, 2);
  ASSERT_TRUE(queries.failure());
  EXPECT_EQ(queries.failure()->reason(), "Inference endpoint not found [a]");
}

TEST(QueryInferenceTest, AServiceThatLosesAnswersIsAnError) {
  LengthInference service;
  service.num_lost_answers = 1;
  QueryInference queries(service, base::Cancellation());
  const auto vector = queries.text_embedding("a", "x");
  ASSERT_FALSE(vector.has_value());
  EXPECT_EQ(vector.error().reason(), "inference endpoint [a] gave [0] results for [1] text");
}

TEST(RequestWarningsTest, EachTextIsToldOnce) {
  RequestWarnings warnings;
  warnings.add("old");
  warnings.add("older");
  warnings.add("old");
  EXPECT_EQ(warnings.take(), (std::vector<std::string>{"old", "older"}));
  EXPECT_TRUE(warnings.take().empty());
}

}  // namespace
}  // namespace selene::search
