#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "inference/services/azureopenai/azureopenai.h"
#include "inference/services/cohere/cohere.h"
#include "inference/services/custom/custom.h"
#include "inference/services/googlevertexai/service_account.h"
#include "inference/services/hugging_face/hugging_face.h"
#include "inference/services/jinaai/jinaai.h"
#include "inference/services/mistral/mistral.h"
#include "inference/services/openai/openai.h"
#include "inference/services/remote/token_cache.h"
#include "inference/services/remote/vendor_json.h"
#include "inference/services/service.h"
#include "inference/services/voyageai/voyageai.h"

namespace selene::inference {
namespace {

const std::vector<std::string_view> kDocuments = {"a", "b"};

/// One vendor's model made from settings, as PUT would.
struct Made {
  std::unique_ptr<VendorModel> model;
  std::string faults;
};
Made make(const Vendor& vendor, std::string_view settings, TaskType task = TaskType::kRerank,
          DefinitionSource source = DefinitionSource::kRequest) {
  const auto document = base::JsonDocument::parse(settings).value();
  Validation validation;
  SettingsReader reader(document.root(), "service_settings", validation);
  Made made;
  made.model = vendor.create(task, source, reader, validation);
  const auto status = validation.status(base::ErrorCode::kValidation);
  if (!status.has_value()) made.faults = status.error().reason();
  return made;
}

std::string shown(const VendorModel& model) {
  base::JsonWriter out;
  out.begin_object();
  model.write_settings(out);
  return out.end_object().take();
}

RerankCall rerank_call() {
  RerankCall call;
  call.query = "q";
  call.documents = kDocuments;
  return call;
}

TEST(CohereTest, SpeaksV2AndShowsNoKey) {
  const Made made = make(kCohereVendor, R"({"api_key":"k","model_id":"rerank-v3.5"})");
  EXPECT_EQ(made.faults, "");
  EXPECT_EQ(shown(*made.model), R"({"model_id":"rerank-v3.5","api_version":"V2"})");
  RerankCall call = rerank_call();
  call.top_n = 2;
  call.return_documents = false;
  const auto request = made.model->rerank_request(call).value();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://api.cohere.ai/v2/rerank");
  EXPECT_EQ(request.headers.get("Authorization"), "Bearer k");
  EXPECT_EQ(request.headers.get("Request-Source"), "unspecified:elasticsearch");
  EXPECT_EQ(request.body, R"({"model":"rerank-v3.5","query":"q","documents":["a","b"],"return_documents":false,"top_n":2})");
}

TEST(CohereTest, EndpointsStoredWithoutAVersionSpeakV1) {
  const Made made = make(kCohereVendor, R"({"api_key":"k"})", TaskType::kRerank, DefinitionSource::kStore);
  EXPECT_EQ(made.faults, "");
  EXPECT_EQ(made.model->rerank_request(rerank_call()).value().url, "https://api.cohere.ai/v1/rerank");
  EXPECT_EQ(make(kCohereVendor, R"({"api_key":"k"})").faults,
            "Validation Failed: 1: [service_settings] does not contain the required setting [model_id];");
}

TEST(CohereTest, EmbeddingsAreAskedInItsWords) {
  const Made made =
      make(kCohereVendor, R"({"api_key":"k","model_id":"embed","embedding_type":"byte","url":"http://127.0.0.1:1/x"})",
           TaskType::kTextEmbedding);
  EXPECT_EQ(shown(*made.model), R"({"model_id":"embed","url":"http://127.0.0.1:1/x","embedding_type":"byte","api_version":"V2"})");
  EmbeddingCall call;
  call.inputs = kDocuments;
  call.input_type = InputType::kIngest;
  const auto request = made.model->embedding_request(call).value();
  EXPECT_EQ(request.url, "http://127.0.0.1:1/x");
  EXPECT_EQ(request.body, R"({"model":"embed","texts":["a","b"],"input_type":"search_document","embedding_types":["int8"]})");
  EXPECT_EQ(made.model->element_type(), "byte");
  EXPECT_EQ(made.model->parse_text_embedding(R"({"embeddings":{"int8":[[1,-2],[3,4]]}})").value(),
            (std::vector<std::vector<float>>{{1, -2}, {3, 4}}));
  EXPECT_FALSE(made.model->parse_text_embedding(R"({"embeddings":{"float":[[1]]}})").has_value());
}

TEST(VendorAnswersTest, WhatDoesNotFitTheDocumentsIsRefused) {
  const Made made = make(kCohereVendor, R"({"api_key":"k","model_id":"m"})");
  const auto parse = [&](std::string_view body) { return made.model->parse_rerank(body, 2); };
  const auto good = parse(R"({"results":[{"index":1,"relevance_score":0.5},{"index":0,"relevance_score":1}]})");
  ASSERT_TRUE(good.has_value());
  EXPECT_EQ((*good)[0].index, 1);
  EXPECT_EQ((*good)[1].relevance_score, 1.0F);
  for (const char* bad :
       {"", "nonsense", "[]", "{}", R"({"results":1})", R"({"results":[1]})", R"({"results":[{"index":2,"relevance_score":1}]})",
        R"({"results":[{"index":-1,"relevance_score":1}]})", R"({"results":[{"index":"0","relevance_score":1}]})",
        R"({"results":[{"index":0,"relevance_score":NaN}]})", R"({"results":[{"index":0,"relevance_score":"1"}]})",
        R"({"results":[{"index":0,"relevance_score":1e300}]})",
        R"({"results":[{"index":0,"relevance_score":1},{"index":0,"relevance_score":1}]})"})
    EXPECT_FALSE(parse(bad).has_value()) << bad;
}

TEST(HuggingFaceTest, SpeaksToTextEmbeddingsInference) {
  const Made made = make(kHuggingFaceVendor, R"({"api_key":"k","url":"https://h/rerank"})");
  RerankCall call = rerank_call();
  call.return_documents = true;
  call.top_n = 1;
  const auto request = made.model->rerank_request(call).value();
  EXPECT_EQ(request.url, "https://h/rerank");
  EXPECT_EQ(request.body, R"({"query":"q","texts":["a","b"],"return_text":true})");
  EXPECT_EQ(made.model->parse_rerank(R"([{"index":0,"score":0.9}])", 2).value().size(), 1U);
  EXPECT_EQ(
      make(kHuggingFaceVendor, R"({"api_key":"k","url":"h"})").faults,
      "Validation Failed: 1: [service_settings] Invalid url [h] received for field [url]. Error: it must begin with https://;");
}

TEST(HuggingFaceTest, ReadsEmbeddingsInBothForms) {
  const Made made = make(kHuggingFaceVendor, R"({"api_key":"k","url":"https://h/embed"})", TaskType::kTextEmbedding);
  EXPECT_EQ(made.model->parse_text_embedding("[[1,2]]").value().front(), (std::vector<float>{1, 2}));
  EXPECT_EQ(made.model->parse_text_embedding(R"({"embeddings":[[1,2]]})").value().front(), (std::vector<float>{1, 2}));
  const auto map = made.model->parse_sparse_embedding(R"([{"moon":0.5,"sun":2,"none":0}])").value();
  ASSERT_EQ(map.front().tokens.size(), 2U);
  EXPECT_EQ(map.front().tokens[0].token, "sun");
  const auto list = made.model->parse_sparse_embedding(R"([[{"index":7,"value":1.5}]])").value();
  EXPECT_EQ(list.front().tokens[0].token, "7");
  EXPECT_FALSE(made.model->parse_sparse_embedding(R"([{"moon":"x"}])").has_value());
}

TEST(OpenAiTest, VectorsComeBackInTheOrderOfTheInputs) {
  const Made made = make(kOpenAiVendor, R"({"api_key":"k","model_id":"m"})", TaskType::kTextEmbedding);
  EmbeddingCall call;
  call.inputs = kDocuments;
  call.dimensions = 2;
  EXPECT_EQ(made.model->embedding_request(call).value().body, R"({"model":"m","input":["a","b"],"dimensions":2})");
  EXPECT_EQ(made.model->parse_text_embedding(R"({"data":[{"index":1,"embedding":[3]},{"index":0,"embedding":[1]}]})").value(),
            (std::vector<std::vector<float>>{{1}, {3}}));
  EXPECT_FALSE(made.model->parse_text_embedding(R"({"data":[{"index":9,"embedding":[3]}]})").has_value());
}

struct Embedder {
  const Vendor& vendor;
  std::string_view settings;
  std::string_view url;
  std::string_view body;  ///< of `a` and `b` to be searched for, with 2 dimensions
};

TEST(EmbeddingShapeTest, EachVendorIsAskedInItsWords) {
  const Embedder embedders[] = {
      {kJinaAiVendor, R"({"api_key":"k","model_id":"m"})", "https://api.jina.ai/v1/embeddings",
       R"({"model":"m","input":["a","b"],"embedding_type":"float","task":"retrieval.query","dimensions":2})"},
      {kVoyageAiVendor, R"({"api_key":"k","model_id":"m"})", "https://api.voyageai.com/v1/embeddings",
       R"({"model":"m","input":["a","b"],"input_type":"query","output_dimension":2})"},
      {kMistralVendor, R"({"api_key":"k","model":"m"})", "https://api.mistral.ai/v1/embeddings",
       R"({"model":"m","input":["a","b"],"encoding_format":"float"})"},
      {kAzureOpenAiVendor, R"({"entra_id":"k","resource_name":"r","deployment_id":"d","api_version":"2024-02-01"})",
       "https://r.openai.azure.com/openai/deployments/d/embeddings?api-version=2024-02-01",
       R"({"input":["a","b"],"dimensions":2})"}};
  for (const Embedder& embedder : embedders) {
    SCOPED_TRACE(embedder.vendor.name);
    const Made made = make(embedder.vendor, embedder.settings, TaskType::kTextEmbedding);
    ASSERT_EQ(made.faults, "");
    EXPECT_EQ(shown(*made.model).find("\"k\""), std::string::npos);
    EmbeddingCall call;
    call.inputs = kDocuments;
    call.input_type = InputType::kSearch;
    call.dimensions = 2;
    const auto request = made.model->embedding_request(call).value();
    EXPECT_EQ(request.url, embedder.url);
    EXPECT_EQ(request.headers.get("Authorization"), "Bearer k");
    EXPECT_EQ(request.body, embedder.body);
    EXPECT_EQ(made.model->parse_text_embedding(R"({"data":[{"index":1,"embedding":[3]},{"index":0,"embedding":[1]}]})").value(),
              (std::vector<std::vector<float>>{{1}, {3}}));
    EXPECT_FALSE(
        made.model->parse_text_embedding(R"({"data":[{"index":0,"embedding":[3]},{"index":0,"embedding":[1]}]})").has_value());
    EXPECT_FALSE(made.model->parse_text_embedding(R"({"data":[{"index":0,"embedding":[]}]})").has_value());
  }
}

TEST(EmbeddingShapeTest, StoredPurposesCountWhereTheCallNamesNone) {
  const Made made = make(kJinaAiVendor, R"({"api_key":"k","model_id":"m"})", TaskType::kTextEmbedding);
  const auto stored = base::JsonDocument::parse(R"({"input_type":"clustering"})").value();
  EmbeddingCall call;
  call.inputs = kDocuments;
  EXPECT_EQ(made.model->embedding_request(call).value().body.find("task"), std::string::npos);
  call.task_settings = stored.root();
  EXPECT_NE(made.model->embedding_request(call).value().body.find(R"("task":"separation")"), std::string::npos);
  call.input_type = InputType::kIngest;
  EXPECT_NE(made.model->embedding_request(call).value().body.find(R"("task":"retrieval.passage")"), std::string::npos);
}

TEST(AzureOpenAiTest, TakesAKeyOrATokenButNotBoth) {
  constexpr std::string_view kRest = R"("resource_name":"r","deployment_id":"d","api_version":"v"})";
  const auto settings = [&](std::string_view secrets) { return std::string("{") + std::string(secrets) + std::string(kRest); };
  const Made keyed = make(kAzureOpenAiVendor, settings(R"("api_key":"k",)"), TaskType::kTextEmbedding);
  EmbeddingCall call;
  call.inputs = kDocuments;
  const auto request = keyed.model->embedding_request(call).value();
  EXPECT_EQ(request.headers.get("api-key"), "k");
  EXPECT_EQ(request.headers.get("Authorization"), "");
  for (const char* secrets : {"", R"("api_key":"k","entra_id":"e",)"}) {
    EXPECT_EQ(make(kAzureOpenAiVendor, settings(secrets), TaskType::kTextEmbedding).faults,
              "Validation Failed: 1: [secret_settings] must have exactly one of [api_key] or [entra_id] field set;");
  }
}

constexpr std::string_view kCustomSettings = R"({
  "secret_parameters":{"key":"open \"sesame\""}, "url":"http://127.0.0.1:1/${model}", "headers":{"X-Key":"${key}"},
  "query_parameters":[["v","${model}"]], "request":"{\"q\":${query},\"d\":${input},\"n\":${top_n},\"k\":${key}}",
  "response":{"json_parser":{"relevance_score":"$.r[*].s","reranked_index":"$.r[*].i"},"error_parser":{"path":"$.oops.text"}}})";

TEST(CustomTest, TemplatesAreFilledWithJsonInTheBodyAndTextElsewhere) {
  const Made made = make(kCustomVendor, kCustomSettings);
  ASSERT_EQ(made.faults, "");
  EXPECT_EQ(shown(*made.model).find("sesame"), std::string::npos);
  const auto task = base::JsonDocument::parse(R"({"parameters":{"model":"m 1"}})").value();
  RerankCall call = rerank_call();
  call.top_n = 2;
  call.task_settings = task.root();
  const auto request = made.model->rerank_request(call).value();
  EXPECT_EQ(request.url, "http://127.0.0.1:1/m 1?v=m%201");
  EXPECT_EQ(request.headers.get("X-Key"), "open \"sesame\"");
  EXPECT_EQ(request.body, R"({"q":"q","d":["a","b"],"n":2,"k":"open \"sesame\""})");
  call.top_n.reset();
  EXPECT_NE(made.model->rerank_request(call).error().reason().find("Found placeholder [${top_n}] in field [request]"),
            std::string::npos);
}

TEST(CustomTest, AnswersAreReadByTheirPaths) {
  const Made made = make(kCustomVendor, kCustomSettings);
  const auto docs = made.model->parse_rerank(R"({"r":[{"i":1,"s":0.5},{"i":0,"s":0.1}]})", 2).value();
  EXPECT_EQ(docs[0].index, 1);
  EXPECT_EQ(made.model->error_message(R"({"oops":{"text":"no"}})"), "no");
  EXPECT_FALSE(made.model->parse_rerank(R"({"r":[{"i":1}]})", 2).has_value());
}

TEST(CustomTest, SettingsAreCheckedForTheTask) {
  EXPECT_EQ(
      make(kCustomVendor, R"({"url":"u","request":"r","response":{"json_parser":{}}})").faults,
      "Validation Failed: 1: [service_settings.response.json_parser] does not contain the required setting [relevance_score];");
  EXPECT_EQ(
      make(kCustomVendor, R"({"url":"u","request":"r","response":{"json_parser":{"token_path":"$.x[*].t","weight_path":"x"}}})",
           TaskType::kSparseEmbedding)
          .faults,
      "Validation Failed: 1: Invalid JSON path [x]: it must look like [$.results[*].index];");
}

TEST(ServiceAccountTest, SecretsAreNotInItsErrors) {
  const auto missing = ServiceAccount::parse(R"({"client_email":"e","private_key":"hidden"})");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().reason(), "it has no text under [token_uri]");
  const auto request = service_account_token_request({"e", "hidden", "http://127.0.0.1:1/t"}, 0);
  ASSERT_FALSE(request.has_value());
  EXPECT_EQ(request.error().reason().find("hidden"), std::string::npos);
}

TEST(TokenCacheTest, OneTokenServesManyCallsUntilItEnds) {
  TokenCache cache;
  int fetches = 0;
  const auto fetch = [&]() -> base::Result<AccessToken> { return AccessToken{"t" + std::to_string(++fetches), 3600}; };
  const TokenCache::Time start = TokenCache::Time() + std::chrono::hours(1);
  EXPECT_EQ(cache.get(start, fetch, {}).value(), "t1");
  EXPECT_EQ(cache.get(start + std::chrono::minutes(58), fetch, {}).value(), "t1");
  EXPECT_EQ(cache.get(start + std::chrono::minutes(59), fetch, {}).value(), "t2");
  cache.drop("t1");
  EXPECT_EQ(cache.get(start + std::chrono::minutes(59), fetch, {}).value(), "t2");
  cache.drop("t2");
  EXPECT_EQ(cache.get(start + std::chrono::minutes(59), fetch, {}).value(), "t3");
}

TEST(TokenCacheTest, ManyFirstCallersShareOneFetchAndLeaveWhenTheyMust) {
  TokenCache cache;
  std::atomic<int> fetches = 0;
  std::atomic<int> given_up = 0;
  const TokenCache::Time now = TokenCache::Time() + std::chrono::hours(1);
  std::vector<std::thread> threads;
  const auto outer = [&]() -> base::Result<AccessToken> {
    ++fetches;
    // While this fetch runs, whoever may wait waits, and whoever may not leaves.
    const base::Cancellation late = base::Cancellation().with_deadline(base::Cancellation::Clock::now());
    if (!cache
             .get(
                 now,
                 []() -> base::Result<AccessToken> {
                   return AccessToken{"another", 60};
                 },
                 late)
             .has_value())
      ++given_up;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        EXPECT_EQ(
            cache.get(now,
                      [&]() -> base::Result<AccessToken> {
                        return AccessToken{"t" + std::to_string(++fetches), 3600};
                      },
                      {})
                .value(),
            "t1");
      });
    return AccessToken{"t1", 3600};
  };
  EXPECT_EQ(cache.get(now, outer, {}).value(), "t1");
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(fetches, 1);
  EXPECT_EQ(given_up, 1);
}

TEST(MergeObjectsTest, TheSecondWins) {
  const auto first = base::JsonDocument::parse(R"({"a":1,"b":2})").value();
  const auto second = base::JsonDocument::parse(R"({"b":3,"c":4})").value();
  EXPECT_EQ(merge_objects(first.root(), second.root()), R"({"a":1,"b":3,"c":4})");
  EXPECT_EQ(merge_objects({}, {}), "{}");
}

TEST(ServicesTest, AreSortedAndFoundByName) {
  std::string last;
  for (const Service* service : all_services()) {
    EXPECT_LT(last, service->name());
    last = service->name();
    EXPECT_EQ(find_service(service->name()), service);
    EXPECT_FALSE(service->task_types().empty());
  }
  EXPECT_EQ(find_service("nope"), nullptr);
}

}  // namespace
}  // namespace selene::inference
