#include "ingest/pipelines/pipeline.h"

#include <gtest/gtest.h>

#include <map>

namespace selene::ingest {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonDocument;
using base::JsonTree;

JsonTree tree(std::string_view json) { return JsonTree::from(JsonDocument::parse(json)->root()); }

/// One dense endpoint "dense", one sparse "sparse": the answer is the text's length. Notes the size of each call; refuses a text
/// "bad" as vendors do, and everything once `broken`.
class FakeInference final : public inference::InferenceService {
 public:
  base::Result<inference::EndpointInfo> put(std::string_view, std::optional<inference::TaskType>, base::JsonValue,
                                            std::chrono::milliseconds) override {
    return Error(ErrorCode::kIllegalState, "unused");
  }
  base::Result<std::vector<inference::EndpointInfo>> get(std::string_view, std::optional<inference::TaskType>) const override {
    return Error(ErrorCode::kIllegalState, "unused");
  }
  base::Result<inference::EndpointReferences> remove(std::string_view, std::optional<inference::TaskType>,
                                                     inference::DeleteMode) override {
    return inference::EndpointReferences();
  }
  base::Result<inference::InferenceResponse> infer(std::string_view, std::optional<inference::TaskType>, base::JsonValue,
                                                   std::chrono::milliseconds, const base::Cancellation&) override {
    return Error(ErrorCode::kIllegalState, "unused");
  }
  base::Result<inference::RerankEndpointTraits> rerank_traits(std::string_view) const override {
    return Error(ErrorCode::kIllegalState, "unused");
  }
  base::Result<std::vector<inference::RankedDoc>> rerank(std::string_view, const inference::RerankRequest& request,
                                                         const base::Cancellation&) override {
    std::vector<inference::RankedDoc> docs;
    for (size_t i = request.inputs.size(); i-- > 0;)
      docs.push_back({static_cast<int32_t>(i), request.inputs[i] == request.query ? 1.0F : 0.25F});
    return docs;
  }
  base::Result<inference::EmbeddingTraits> embedding_traits(std::string_view id) const override {
    inference::EmbeddingTraits traits;
    if (id == "sparse") traits.task_type = inference::TaskType::kSparseEmbedding;
    traits.element_type = id == "bytes" ? "byte" : "float";
    if (id == "dense" || id == "sparse" || id == "bytes") return traits;
    return Error(ErrorCode::kResourceNotFound, "Inference endpoint not found [{}]", id);
  }
  base::Result<std::vector<std::vector<float>>> text_embedding(std::string_view, const inference::EmbeddingRequest& request,
                                                               const base::Cancellation&) override {
    RETURN_IF_ERROR(note(request));
    std::vector<std::vector<float>> vectors;
    for (const std::string_view text : request.inputs) vectors.push_back({static_cast<float>(text.size()), 0.1F});
    return vectors;
  }
  base::Result<std::vector<inference::SparseEmbedding>> sparse_embedding(std::string_view,
                                                                         const inference::EmbeddingRequest& request,
                                                                         const base::Cancellation&) override {
    RETURN_IF_ERROR(note(request));
    std::vector<inference::SparseEmbedding> embeddings;
    for (const std::string_view text : request.inputs) embeddings.push_back({{{std::string(text), 0.5F}}, false});
    return embeddings;
  }
  void close() override {}

  std::vector<size_t> calls;
  bool broken = false;

 private:
  base::Status note(const inference::EmbeddingRequest& request) {
    calls.push_back(request.inputs.size());
    EXPECT_EQ(request.input_type, inference::InputType::kIngest);
    if (broken) return Error(ErrorCode::kStatusTooManyRequests, "slow down");
    for (const std::string_view text : request.inputs) {
      if (text == "bad") return Error(ErrorCode::kStatusBadRequest, "bad text");
    }
    return {};
  }
};

class PipelineTest : public testing::Test {
 protected:
  PipelineTest() {
    run_.inference = &inference_;
    run_.find = [this](std::string_view id) {
      const auto at = pipelines_.find(id);
      return at == pipelines_.end() ? nullptr : at->second;
    };
  }
  /// The sources after `processors`, `error: ` and why, or `dropped`.
  std::vector<std::string> run(std::string_view processors, std::vector<std::string> sources) {
    const auto pipeline = Pipeline::create("p", tree(std::string(R"({"processors":)").append(processors) + "}"));
    if (!pipeline) return {"error: " + pipeline.error().reason()};
    std::vector<std::unique_ptr<IngestDocument>> documents;
    std::vector<IngestDocument*> batch;
    for (const std::string& source : sources) {
      documents.push_back(std::make_unique<IngestDocument>(tree(source), "i", "1", "", "now"));
      batch.push_back(documents.back().get());
    }
    std::vector<std::optional<Error>> failures(batch.size());
    (*pipeline)->run(batch, run_, failures);
    std::vector<std::string> out;
    for (size_t i = 0; i < batch.size(); ++i) {
      out.push_back(failures[i] ? "error: " + failures[i]->reason() : batch[i]->dropped ? "dropped" : batch[i]->source().to_json());
    }
    return out;
  }
  using Texts = std::vector<std::string>;
  FakeInference inference_;
  std::map<std::string, std::shared_ptr<const Pipeline>, std::less<>> pipelines_;
  PipelineRun run_;
};

TEST_F(PipelineTest, TextsOfAllDocumentsAreEmbeddedInOneCall) {
  EXPECT_EQ(run(R"([{"inference":{"model_id":"dense","input_output":{"input_field":"t","output_field":"v.e"}}}])",
                {R"({"t":"ab"})", R"({"t":"abc"})"}),
            (Texts{R"({"t":"ab","v":{"e":[2.0,0.1]}})", R"({"t":"abc","v":{"e":[3.0,0.1]}})"}));
  EXPECT_EQ(inference_.calls, (std::vector<size_t>{2}));
}

TEST_F(PipelineTest, LongBatchesAreCutIntoCallsOf96) {
  run(R"([{"inference":{"model_id":"dense","input_output":[{"input_field":"t","output_field":"v"}]}}])",
      std::vector<std::string>(200, R"({"t":"x"})"));
  EXPECT_EQ(inference_.calls, (std::vector<size_t>{96, 96, 8}));
}

TEST_F(PipelineTest, SparseAnswersAreTokenMapsAndBytesWholeNumbers) {
  EXPECT_EQ(run(R"([{"inference":{"model_id":"sparse","input_output":[{"input_field":"t","output_field":"s"}]}},
                    {"inference":{"model_id":"bytes","input_output":[{"input_field":"t","output_field":"b"}]}}])",
                {R"({"t":"ab"})"}),
            (Texts{R"({"t":"ab","s":{"ab":0.5},"b":[2,0]})"}));
}

TEST_F(PipelineTest, TheOlderFormWritesBelowItsTarget) {
  EXPECT_EQ(run(R"([{"inference":{"model_id":"dense","target_field":"ml","field_map":{"t":"text_field"}}}])", {R"({"t":"ab"})"}),
            (Texts{R"({"t":"ab","ml":{"predicted_value":[2.0,0.1],"model_id":"dense"}})"}));
  EXPECT_EQ(run(R"([{"inference":{"model_id":"sparse","target_field":"ml","field_map":{"t":"text_field"},
                     "inference_config":{"text_expansion":{"results_field":"tokens"}}}}])",
                {R"({"t":"ab"})"}),
            (Texts{R"({"t":"ab","ml":{"tokens":{"ab":0.5},"model_id":"sparse"}})"}));
}

TEST_F(PipelineTest, ATextIsScoredAgainstAnother) {
  EXPECT_EQ(run(R"([{"inference":{"model_id":"r","input_output":[{"input_field":"t","output_field":"s"}],
                     "inference_config":{"text_similarity":{"text":"moon"}}}}])",
                {R"({"t":"moon"})", R"({"t":"owl"})"}),
            (Texts{R"({"t":"moon","s":1.0})", R"({"t":"owl","s":0.25})"}));
}

TEST_F(PipelineTest, ARefusedTextFailsItsDocumentAlone) {
  EXPECT_EQ(run(R"([{"inference":{"model_id":"dense","input_output":[{"input_field":"t","output_field":"v"}]}}])",
                {R"({"t":"ab"})", R"({"t":"bad"})", R"({"n":1})"}),
            (Texts{R"({"t":"ab","v":[2.0,0.1]})", "error: bad text", "error: field [t] not present as part of path [t]"}));
  EXPECT_EQ(inference_.calls, (std::vector<size_t>{2, 1, 1}));
}

TEST_F(PipelineTest, ABusyServiceIsNotAskedAgainForEachText) {
  inference_.broken = true;
  EXPECT_EQ(run(R"([{"inference":{"model_id":"dense","input_output":[{"input_field":"t","output_field":"v"}]}}])",
                {R"({"t":"ab"})", R"({"t":"c"})"}),
            (Texts{"error: slow down", "error: slow down"}));
  EXPECT_EQ(inference_.calls.size(), 1U);
}

TEST_F(PipelineTest, MissingInputsMayBeIgnored) {
  EXPECT_EQ(
      run(R"([{"inference":{"model_id":"dense","ignore_missing":true,"input_output":[{"input_field":"t","output_field":"v"}]}}])",
          {R"({"n":1})"}),
      (Texts{R"({"n":1})"}));
  EXPECT_TRUE(inference_.calls.empty());
}

TEST_F(PipelineTest, InferenceIdsAreFoundInsideLoopsAndHandlers) {
  const auto pipeline = Pipeline::create("p", tree(R"({"processors":[
      {"foreach":{"field":"l","processor":{"inference":{"model_id":"a","input_output":{"input_field":"_ingest._value.t","output_field":"_ingest._value.v"}}}}},
      {"set":{"field":"x","value":1,"on_failure":[{"inference":{"model_id":"b","field_map":{}}}]}}]})"));
  ASSERT_TRUE(pipeline) << pipeline.error().reason();
  EXPECT_EQ((*pipeline)->inference_ids(), (std::vector<std::string>{"a", "b"}));
}

TEST_F(PipelineTest, WrongInferenceOptionsAreRefused) {
  EXPECT_EQ(run(R"([{"inference":{"input_output":{"input_field":"t"}}}])", {}),
            (Texts{"error: [model_id] required property is missing"}));
  EXPECT_EQ(run(R"([{"inference":{"model_id":"a","input_output":{}}}])", {}),
            (Texts{"error: [input_field] required property is missing"}));
  EXPECT_EQ(
      run(R"([{"inference":{"model_id":"a","target_field":"x","input_output":{"input_field":"t"}}}])", {}).front().substr(0, 21),
      "error: [target_field]");
}

TEST_F(PipelineTest, FailedDocumentsGoNoFurtherOthersDo) {
  EXPECT_EQ(run(R"([{"remove":{"field":"a"}},{"set":{"field":"b","value":1}}])", {R"({"a":1})", "{}"}),
            (Texts{R"({"b":1})", "error: field [a] not present as part of path [a]"}));
}

TEST_F(PipelineTest, DeepChainsOfPipelinesEnd) {
  for (int i = 0; i < 20; ++i) {
    const std::string id = "p" + std::to_string(i);
    const std::string body = R"({"processors":[{"pipeline":{"name":"p)" + std::to_string(i + 1) + R"("}}]})";
    pipelines_[id] = *Pipeline::create(id, tree(body));
  }
  EXPECT_EQ(run(R"([{"pipeline":{"name":"p0"}}])", {"{}"}),
            (Texts{"error: Too many nested pipelines. Cannot have more than 16 nested pipelines"}));
}

}  // namespace
}  // namespace selene::ingest
