#include "inference/endpoints/inference_call.h"

#include <gtest/gtest.h>

namespace selene::inference {
namespace {

/// The reason of the refusal; empty if the body is accepted.
std::string refusal(std::string_view body, TaskType task = TaskType::kRerank) {
  const auto json = base::JsonDocument::parse(body).value();
  const auto call = parse_inference_call(json.root(), task);
  return call.has_value() ? "" : call.error().reason();
}

TEST(InferenceCallTest, ReadsEveryField) {
  const auto json =
      base::JsonDocument::parse(
          R"({"query":"q","input":["a","b"],"top_n":1,"return_documents":false,"task_settings":{"return_documents":true}})")
          .value();
  const auto call = parse_inference_call(json.root(), TaskType::kRerank);
  ASSERT_TRUE(call.has_value());
  EXPECT_EQ(call->inputs, (std::vector<std::string_view>{"a", "b"}));
  EXPECT_EQ(call->query, "q");
  EXPECT_EQ(call->top_n, 1);
  EXPECT_EQ(call->return_documents, false);
  EXPECT_TRUE(call->task_settings.is_object());
}

TEST(InferenceCallTest, OneStringIsOneInput) { EXPECT_EQ(refusal(R"({"query":"q","input":"a"})"), ""); }

TEST(InferenceCallTest, TextsMayBeObjectsOfTypeText) {
  EXPECT_EQ(refusal(R"({"query":{"type":"text","value":"q"},"input":["a",{"type":"text","value":"b"}]})"), "");
  EXPECT_EQ(refusal(R"({"query":"q","input":{"type":"text","value":"b"}})"), "");
  for (const char* wrong : {R"({"type":"image","value":"b"})", R"({"type":"text"})", R"({"type":"text","value":1})",
                            R"({"type":"text","value":"b","more":1})"})
    EXPECT_NE(refusal(std::string(R"({"query":"q","input":[)") + wrong + "]}").find("[input]"), std::string::npos) << wrong;
}

TEST(InferenceCallTest, TheTimeoutIsAText) {
  EXPECT_EQ(refusal(R"({"query":"q","input":"a","timeout":"5s"})"), "");
  EXPECT_NE(refusal(R"({"query":"q","input":"a","timeout":5})").find("[timeout]"), std::string::npos);
}

TEST(InferenceCallTest, RerankNeedsInputAndQuery) {
  EXPECT_EQ(refusal("{}"),
            "Validation Failed: 1: Field [input] cannot be null;2: Field [query] cannot be null for task type [rerank];");
  EXPECT_EQ(
      refusal(R"({"query":"","input":[]})"),
      "Validation Failed: 1: Field [input] cannot be an empty array;2: Field [query] cannot be empty for task type [rerank];");
  EXPECT_EQ(refusal(R"({"query":"q","input":["a"],"input_type":"search"})"),
            "Validation Failed: 1: Field [input_type] cannot be specified for task type [rerank];");
}

TEST(InferenceCallTest, EmbeddingTasksForbidWhatIsRerankOnly) {
  EXPECT_EQ(refusal(R"({"input":"a","query":"q","top_n":1,"return_documents":true})", TaskType::kTextEmbedding),
            "Validation Failed: 1: Field [query] cannot be specified for task type [text_embedding];2: Field [top_n] cannot be "
            "specified for task type "
            "[text_embedding];3: Field [return_documents] cannot be specified for task type [text_embedding];");
}

TEST(InferenceCallTest, WrongTypesAndUnknownFieldsAreNamed) {
  EXPECT_NE(refusal(R"({"query":1,"input":["a"]})").find("[query]"), std::string::npos);
  EXPECT_NE(refusal(R"({"query":"q","input":[1]})").find("[input]"), std::string::npos);
  EXPECT_NE(refusal(R"({"query":"q","input":["a"],"top_n":"x"})").find("[top_n]"), std::string::npos);
  EXPECT_NE(refusal(R"({"query":"q","input":["a"],"top_n":0})").find("[top_n]"), std::string::npos);
  EXPECT_NE(refusal(R"({"query":"q","input":["a"],"foo":1})").find("unknown field [foo]"), std::string::npos);
  EXPECT_NE(refusal("[]"), "");
}

}  // namespace
}  // namespace selene::inference
