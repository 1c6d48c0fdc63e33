#include "inference/endpoints/inference_service.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "inference/endpoints/inference_options.h"

namespace selene::inference {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTimeout{60000};
constexpr std::string_view kRerank =
    R"({"service":"elasticsearch","service_settings":{"model_id":".rerank-v1","num_threads":1,"num_allocations":1}})";
constexpr std::string_view kMoon =
    R"({"query":"How far away is the moon?","input":["Bread needs flour.","The moon is 384,400 km away from the Earth."]})";

/// The service over the bundled model, with its records in a map.
class InferenceServiceTest : public ::testing::Test {
 protected:
  void SetUp() override { open(); }

  void open() {
    service_.reset();
    models::ModelRegistry::Options options;
    options.folders.emplace(".rerank-v1", std::string(SELENE_SOURCE_DIR) + "/models/minilm-l6-rerank");
    options.folders.emplace("gone", "/nonexistent");
    EndpointStore store;
    store.put = [this](std::string_view id, std::string_view bytes) -> base::Status {
      records_[std::string(id)] = std::string(bytes);
      return {};
    };
    store.remove = [this](std::string_view id) -> base::Status {
      records_.erase(std::string(id));
      return {};
    };
    store.load_all = [this]() -> base::Result<std::map<std::string, std::string>> { return records_; };
    auto service = InferenceService::create({}, std::make_shared<models::ModelRegistry>(options), store);
    ASSERT_TRUE(service.has_value()) << service.error().reason();
    service_ = std::move(*service);
  }

  base::Result<EndpointInfo> put(std::string_view id, std::string_view body, std::optional<TaskType> type = TaskType::kRerank) {
    const auto json = base::JsonDocument::parse(body).value();
    return service_->put(id, type, json.root(), kTimeout);
  }
  std::string put_refusal(std::string_view id, std::string_view body, std::optional<TaskType> type = TaskType::kRerank) {
    const auto info = put(id, body, type);
    return info.has_value() ? "" : info.error().reason();
  }
  base::Result<InferenceResponse> infer(std::string_view id, std::string_view body, std::optional<TaskType> type = std::nullopt) {
    const auto json = base::JsonDocument::parse(body).value();
    return service_->infer(id, type, json.root(), kTimeout, {});
  }
  std::string shown(std::string_view id) {
    base::JsonWriter out;
    service_->get(id, std::nullopt).value().front().write_json(out);
    return out.take();
  }

  std::map<std::string, std::string> records_;
  std::unique_ptr<InferenceService> service_;
};

TEST_F(InferenceServiceTest, PutShowsDefaultsAndSurvivesARestart) {
  ASSERT_TRUE(put("elastic-rerank", kRerank).has_value());
  const std::string expected =
      R"({"inference_id":"elastic-rerank","task_type":"rerank","service":"elasticsearch","service_settings":{"num_allocations":1,"num_threads":1,"model_id":".rerank-v1"},"task_settings":{"return_documents":true}})";
  EXPECT_EQ(shown("elastic-rerank"), expected);
  open();
  EXPECT_EQ(shown("elastic-rerank"), expected);
  EXPECT_TRUE(infer("elastic-rerank", kMoon).has_value());
}

TEST_F(InferenceServiceTest, PreconfiguredEndpointsAreListedAndSorted) {
  const auto all = service_->get("_all", std::nullopt).value();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].inference_id, ".elser-2-elasticsearch");
  EXPECT_EQ(all[1].inference_id, ".multilingual-e5-small-elasticsearch");
  EXPECT_EQ(all[2].inference_id, ".rerank-v1-elasticsearch");
  EXPECT_EQ(service_->get("", TaskType::kRerank).value().size(), 1U);
}

TEST_F(InferenceServiceTest, PreconfiguredRerankNeedsNoSetUp) {
  const auto answer = infer(".rerank-v1-elasticsearch", kMoon);
  ASSERT_TRUE(answer.has_value()) << answer.error().reason();
  EXPECT_TRUE(answer->json.starts_with(R"({"rerank":[{"index":1,"relevance_score":)")) << answer->json;
  EXPECT_NE(answer->json.find(R"("text":"The moon)"), std::string::npos);
}

TEST_F(InferenceServiceTest, TextIsGivenAsCallTaskSettingsAndStoredSettingsSay) {
  ASSERT_TRUE(
      put("quiet",
          R"({"service":"elasticsearch","service_settings":{"model_id":".rerank-v1","num_threads":1,"num_allocations":1},"task_settings":{"return_documents":false}})")
          .has_value());
  const auto has_text = [&](std::string_view body) {
    return infer("quiet", body).value().json.find("\"text\"") != std::string::npos;
  };
  EXPECT_FALSE(has_text(R"({"query":"q","input":["a"]})"));
  EXPECT_TRUE(has_text(R"({"query":"q","input":["a"],"task_settings":{"return_documents":true}})"));
  EXPECT_FALSE(has_text(R"({"query":"q","input":["a"],"return_documents":false,"task_settings":{"return_documents":true}})"));
}

TEST_F(InferenceServiceTest, UnknownEndpointIs404Everywhere) {
  constexpr std::string_view kReason = "Inference endpoint not found [nope]";
  EXPECT_EQ(service_->get("nope", std::nullopt).error().reason(), kReason);
  EXPECT_EQ(infer("nope", kMoon).error().reason(), kReason);
  EXPECT_EQ(service_->remove("nope", std::nullopt, DeleteMode::kUnlessUsed).error().reason(), kReason);
  EXPECT_EQ(service_->rerank_traits("nope").error().reason(), kReason);
  EXPECT_EQ(service_->rerank("nope", {}, {}).error().code(), base::ErrorCode::kResourceNotFound);
}

TEST_F(InferenceServiceTest, PutIsValidated) {
  ASSERT_TRUE(put("one", kRerank).has_value());
  EXPECT_EQ(put_refusal("one", kRerank), "Inference endpoint [one] already exists");
  EXPECT_EQ(put_refusal(".rerank-v1-elasticsearch", kRerank), "Inference endpoint [.rerank-v1-elasticsearch] already exists");
  EXPECT_EQ(put_refusal("x", "{}"), "Inference endpoint configuration is missing the [service] setting");
  EXPECT_EQ(put_refusal("x", R"({"service":"foo"})"), "Unknown service [foo]");
  EXPECT_EQ(
      put_refusal("x", kRerank, TaskType::kSparseEmbedding),
      "model [.rerank-v1] is a cross-encoder; task type [sparse_embedding] needs a model that gives token weights for a text");
  EXPECT_EQ(put_refusal("x", kRerank, TaskType::kCompletion),
            "The [elasticsearch] service does not support task type [completion]");
  EXPECT_EQ(
      put_refusal(
          "x",
          R"({"service":"elasticsearch","service_settings":{"model_id":".rerank-v1","num_threads":1,"num_allocations":1,"foo":1}})"),
      "Configuration contains settings [{foo=1}] unknown to the [elasticsearch] service");
  EXPECT_EQ(put_refusal("x", R"({"service":"elasticsearch","service_settings":{"num_threads":0}})"),
            "Validation Failed: 1: [service_settings] does not contain the required setting [model_id];2: [service_settings] "
            "Invalid value [0]. [num_threads] must be "
            "a positive integer;3: [service_settings] does not contain one of the required settings [num_allocations, "
            "adaptive_allocations];");
  EXPECT_EQ(put_refusal("x", R"({"task_type":"rerank","service":"elasticsearch"})", TaskType::kTextEmbedding),
            "Cannot resolve conflicting task_type parameter in the request URL [text_embedding] and the request body [rerank]");
  EXPECT_TRUE(put_refusal("X!", kRerank)
                  .find("Invalid inference_id; [X!] can contain lowercase alphanumeric (a-z and 0-9), hyphens or underscores; must "
                        "start and end with alphanumeric") != std::string::npos);
  EXPECT_EQ(put_refusal(".rerank-v1", kRerank),
            "Inference endpoint IDs must be unique. Requested inference endpoint ID [.rerank-v1] matches existing trained model "
            "ID(s) but must not.");
  EXPECT_TRUE(
      put_refusal("x", R"({"service":"elasticsearch","service_settings":{"model_id":"m","num_threads":1,"num_allocations":1}})")
          .find("Could not find the trained model [m]") != std::string::npos);
  EXPECT_FALSE(put("x", R"({"service":"elasticsearch","service_settings":{"model_id":"gone","num_threads":1,"num_allocations":1}})")
                   .has_value());
  EXPECT_EQ(service_->get("x", std::nullopt).error().reason(), "Inference endpoint not found [x]");
}

TEST_F(InferenceServiceTest, TaskTypeOfTheUrlMustBeTheEndpoints) {
  const auto answer = infer(".rerank-v1-elasticsearch", kMoon, TaskType::kSparseEmbedding);
  EXPECT_EQ(answer.error().reason(),
            "Requested task type [sparse_embedding] does not match the inference endpoint's task type [rerank]");
  EXPECT_EQ(service_->rerank_traits(".elser-2-elasticsearch").error().code(), base::ErrorCode::kStatusBadRequest);
}

TEST_F(InferenceServiceTest, EmbeddingModelsThatAreNotInstalledAreNamed) {
  const auto answer = infer(".elser-2-elasticsearch", R"({"input":"a"})");
  ASSERT_FALSE(answer.has_value());
  EXPECT_NE(answer.error().reason().find(".elser_model_2"), std::string::npos);
}

TEST_F(InferenceServiceTest, ReservedEndpointsNeedForceToDelete) {
  EXPECT_EQ(service_->remove(".rerank-v1-elasticsearch", std::nullopt, DeleteMode::kUnlessUsed).error().reason(),
            "[.rerank-v1-elasticsearch] is a reserved inference endpoint. Use the force=true query parameter to delete the "
            "inference endpoint.");
  EXPECT_TRUE(service_->remove(".rerank-v1-elasticsearch", std::nullopt, DeleteMode::kForce).has_value());
  EXPECT_TRUE(infer(".rerank-v1-elasticsearch", kMoon).has_value());
}

TEST_F(InferenceServiceTest, DryRunDeletesNothing) {
  ASSERT_TRUE(put("one", kRerank).has_value());
  ASSERT_TRUE(service_->remove("one", std::nullopt, DeleteMode::kDryRun).has_value());
  EXPECT_TRUE(service_->get("one", std::nullopt).has_value());
  ASSERT_TRUE(service_->remove("one", std::nullopt, DeleteMode::kUnlessUsed).has_value());
  EXPECT_FALSE(service_->get("one", std::nullopt).has_value());
  EXPECT_TRUE(records_.empty());
}

TEST_F(InferenceServiceTest, UsedEndpointsAreDeletedByForceOnly) {
  ASSERT_TRUE(put("one", kRerank).has_value());
  service_->set_reference_lookup([](std::string_view) { return EndpointReferences{{"p"}, {"i", "j"}}; });
  const auto refused = service_->remove("one", std::nullopt, DeleteMode::kUnlessUsed);
  EXPECT_EQ(refused.error().code(), base::ErrorCode::kStatusConflict);
  EXPECT_EQ(
      refused.error().reason(),
      "Inference endpoint one is referenced by pipelines: [p]. Ensure that no pipelines are using this inference endpoint, or use "
      "force to ignore this warning and delete the inference endpoint. Inference endpoint one is being used in the mapping for "
      "indexes: [i, j]. Ensure that no index mappings are using this inference endpoint, or use force to ignore this warning and "
      "delete the inference endpoint.");
  EXPECT_EQ(service_->remove("one", std::nullopt, DeleteMode::kDryRun).value().pipelines, (std::vector<std::string>{"p"}));
  EXPECT_TRUE(service_->remove("one", std::nullopt, DeleteMode::kForce).has_value());
}

TEST_F(InferenceServiceTest, UpdateChangesTheSizeOfADeploymentOnly) {
  ASSERT_TRUE(put("one", kRerank).has_value());
  const auto update = [&](std::string_view body) {
    const auto json = base::JsonDocument::parse(body).value();
    return service_->update("one", std::nullopt, json.root(), kTimeout);
  };
  const auto changed = update(R"({"service_settings":{"num_allocations":2},"task_settings":{"return_documents":false}})");
  ASSERT_TRUE(changed.has_value()) << changed.error().reason();
  EXPECT_EQ(changed->service_settings, R"({"num_allocations":2,"num_threads":1,"model_id":".rerank-v1"})");
  EXPECT_EQ(changed->task_settings, R"({"return_documents":false})");
  EXPECT_EQ(update(R"({"service_settings":{"num_threads":2}})").error().reason(),
            "[service_settings] [num_threads] of an inference endpoint cannot be updated");
  EXPECT_FALSE(update("{}").has_value());
  EXPECT_FALSE(update(R"({"service":"x"})").has_value());
  open();
  EXPECT_NE(shown("one").find(R"("num_allocations":2)"), std::string::npos);
}

TEST_F(InferenceServiceTest, ADeploymentIdNamesTheRunningDeploymentOfAnotherEndpoint) {
  ASSERT_TRUE(put("one", kRerank).has_value());
  ASSERT_TRUE(put("two", R"({"service":"elasticsearch","service_settings":{"deployment_id":"one"}})").has_value());
  EXPECT_TRUE(infer("two", kMoon).has_value());
  EXPECT_EQ(service_->deployment_stats().size(), 1U);
  EXPECT_EQ(put_refusal("three", R"({"service":"elasticsearch","service_settings":{"deployment_id":"nope"}})"),
            "No running deployment with id [nope]");
}

TEST_F(InferenceServiceTest, ModelNamesOfOtherApisFindAnEndpoint) {
  EXPECT_EQ(service_->rerank_endpoint_of(".rerank-v1-elasticsearch"), ".rerank-v1-elasticsearch");
  EXPECT_EQ(service_->rerank_endpoint_of(".rerank-v1"), ".rerank-v1-elasticsearch");
  EXPECT_EQ(service_->rerank_endpoint_of("rerank-v3.5"), ".rerank-v1-elasticsearch");
  EXPECT_EQ(service_->rerank_endpoint_of(""), ".rerank-v1-elasticsearch");
  const std::string unlisted = service_->rerank_endpoint_of("gone");
  EXPECT_NE(unlisted, ".rerank-v1-elasticsearch");
  EXPECT_TRUE(service_->rerank_traits(unlisted).has_value());
  EXPECT_EQ(service_->get("_all", std::nullopt).value().size(), 3U) << "it is not listed";
}

TEST_F(InferenceServiceTest, WithoutAPlaceForSecretsNoneIsTaken) {
  EXPECT_EQ(put_refusal("x", R"({"service":"cohere","service_settings":{"api_key":"k","model_id":"m","url":"ftp://h"}})"),
            "Validation Failed: 1: [service_settings] Invalid url [ftp://h] received for field [url]. Error: it must begin with "
            "https://;");
  EXPECT_EQ(put_refusal("x", R"({"service":"cohere","service_settings":{"api_key":1}})"),
            "Validation Failed: 1: field [api_key] is not of the expected type. The value [1] cannot be converted to a [String];2: "
            "[service_settings] does not contain the required setting [model_id];");
}

TEST_F(InferenceServiceTest, TimeoutIsNamedInTheAnswer) {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "moon ";
  RerankRequest request;
  request.query = "moon";
  request.inputs.assign(2000, text);
  request.timeout = milliseconds(1);
  const auto answer = service_->rerank(".rerank-v1-elasticsearch", request, {});
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code(), base::ErrorCode::kStatusTimeout);
  EXPECT_EQ(answer.error().reason(), "Request timed out after [1ms]");
}

TEST_F(InferenceServiceTest, StatsCountWhatWasComputed) {
  EXPECT_TRUE(service_->deployment_stats().empty());
  ASSERT_TRUE(infer(".rerank-v1-elasticsearch", kMoon).has_value());
  const auto stats = service_->deployment_stats();
  ASSERT_TRUE(stats.contains(".rerank-v1-elasticsearch"));
  EXPECT_EQ(stats.at(".rerank-v1-elasticsearch").num_requests, 1);
  EXPECT_EQ(stats.at(".rerank-v1-elasticsearch").num_pairs, 2);
  EXPECT_GT(stats.at(".rerank-v1-elasticsearch").num_tokens, 20);
}

TEST_F(InferenceServiceTest, NoInputsNeedNoModel) { ASSERT_TRUE(service_->rerank(".rerank-v1-elasticsearch", {}, {}).has_value()); }

TEST_F(InferenceServiceTest, PutRunAndDeleteFromManyThreads) {
  std::atomic<int> faults = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const std::string id = "endpoint-" + std::to_string(t % 2);
      const auto put_body = base::JsonDocument::parse(kRerank).value();
      const auto call_body = base::JsonDocument::parse(kMoon).value();
      for (int i = 0; i < 5; ++i) {
        const auto created = service_->put(id, TaskType::kRerank, put_body.root(), kTimeout);
        if (!created.has_value() && created.error().code() != base::ErrorCode::kResourceAlreadyExists) ++faults;
        const auto answer = service_->infer(id, std::nullopt, call_body.root(), kTimeout, {});
        // Another thread may have deleted it: before the call, or while it ran.
        if (!answer.has_value() && answer.error().code() != base::ErrorCode::kResourceNotFound &&
            answer.error().code() != base::ErrorCode::kIllegalState)
          ++faults;
        const auto removed = service_->remove(id, std::nullopt, DeleteMode::kUnlessUsed);
        if (!removed.has_value() && removed.error().code() != base::ErrorCode::kResourceNotFound) ++faults;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(faults, 0);
}

}  // namespace
}  // namespace selene::inference
