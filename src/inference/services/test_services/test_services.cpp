#include "inference/services/test_services/test_services.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/format.h"
#include "base/json/json_writer.h"
#include "inference/services/chunking_settings.h"
#include "inference/services/validation.h"

namespace selene::inference {
namespace {

using base::Cancellation;
using base::Result;
using base::Status;

constexpr int32_t kWindowWords = 333;

struct TestSettings {
  std::optional<std::string> model_id;
  std::string api_key;
  int32_t dimensions = 0;
  std::string similarity;
  std::string element_type;
};

class TestEndpoint final : public Endpoint {
 public:
  TestEndpoint(const EndpointDefinition& definition, std::string_view service, TestSettings settings, std::string chunking)
      : settings_(std::move(settings)) {
    info_.inference_id = definition.inference_id;
    info_.task_type = definition.task_type;
    info_.service = service;
    base::JsonWriter out;
    out.begin_object();
    if (settings_.model_id) out.field("model_id", *settings_.model_id);
    if (info_.task_type == TaskType::kTextEmbedding) {
      out.field("dimensions", settings_.dimensions).field("similarity", settings_.similarity);
      out.field("element_type", settings_.element_type);
    }
    info_.service_settings = out.end_object().take();
    if (info_.task_type != TaskType::kRerank) info_.chunking_settings = std::move(chunking);
  }

  const EndpointInfo& info() const override { return info_; }
  Status start(const Cancellation&) override { return {}; }
  std::string secrets() const override {
    return base::JsonWriter().begin_object().field("api_key", settings_.api_key).end_object().take();
  }

  Result<RerankResult> rerank(const RerankRequest& request, const Cancellation& cancellation) override {
    if (info_.task_type != TaskType::kRerank) return Endpoint::rerank(request, cancellation);
    RerankResult result{{}, request.top_n, request.return_documents.value_or(false)};
    const std::vector<float> scores = test_rerank_scores(request.inputs);
    for (size_t i = 0; i < scores.size(); ++i) result.docs.push_back({static_cast<int32_t>(i), scores[i]});
    return result;
  }

  Result<std::vector<std::vector<float>>> text_embedding(const EmbeddingRequest& request,
                                                         const Cancellation& cancellation) override {
    if (info_.task_type != TaskType::kTextEmbedding) return Endpoint::text_embedding(request, cancellation);
    const int32_t width = settings_.element_type == "bit" ? settings_.dimensions / 8 : settings_.dimensions;
    std::vector<std::vector<float>> vectors;
    for (const std::string_view input : request.inputs) vectors.push_back(test_vector(input, width));
    return vectors;
  }

  Result<std::vector<SparseEmbedding>> sparse_embedding(const EmbeddingRequest& request,
                                                        const Cancellation& cancellation) override {
    if (info_.task_type != TaskType::kSparseEmbedding) return Endpoint::sparse_embedding(request, cancellation);
    std::vector<SparseEmbedding> embeddings;
    for (const std::string_view input : request.inputs) embeddings.push_back(test_sparse_embedding(input));
    return embeddings;
  }

  RerankEndpointTraits rerank_traits() const override {
    RerankEndpointTraits traits;
    traits.window_words = kWindowWords;
    traits.score_kind = ScoreKind::kRelevance;
    return traits;
  }

  Result<EmbeddingTraits> embedding_traits() override {
    if (info_.task_type == TaskType::kRerank) return Endpoint::embedding_traits();
    EmbeddingTraits traits;
    traits.task_type = info_.task_type;
    traits.service = info_.service;
    traits.chunking_settings = info_.chunking_settings.value_or("{}");
    if (info_.task_type == TaskType::kSparseEmbedding) return traits;
    traits.dimensions = settings_.dimensions;
    traits.similarity = settings_.similarity;
    traits.element_type = settings_.element_type;
    return traits;
  }

 private:
  const TestSettings settings_;
  EndpointInfo info_;
};

constexpr std::array<SettingInfo, 5> kSettings = {
    SettingInfo{"model_id", "str", "Any text.", false, false}, SettingInfo{"api_key", "str", "Any text.", true, true},
    SettingInfo{"dimensions", "int", "text_embedding: the size of the vectors.", false, false},
    SettingInfo{"similarity", "str", "text_embedding: cosine, dot_product or l2_norm.", false, false},
    SettingInfo{"element_type", "str", "text_embedding: float, byte or bit.", false, false}};

TestSettings read_settings(TaskType task_type, SettingsReader& settings, Validation& validation) {
  constexpr std::array<std::string_view, 3> kSimilarities = {"cosine", "dot_product", "l2_norm"};
  constexpr std::array<std::string_view, 3> kElements = {"bit", "byte", "float"};
  TestSettings read;
  read.model_id = settings.optional_string("model_id");
  // Elasticsearch's tests call it by either name.
  if (const auto model = settings.optional_string("model")) read.model_id = model;
  read.api_key = settings.required_string("api_key");
  if (task_type != TaskType::kTextEmbedding) return read;
  read.dimensions = settings.required_positive("dimensions").value_or(0);
  read.element_type = settings.optional_word("element_type", kElements).value_or("float");
  read.similarity = settings.optional_word("similarity", kSimilarities).value_or(read.element_type == "bit" ? "l2_norm" : "cosine");
  if (read.element_type == "bit" && read.dimensions % 8 != 0)
    validation.add(base::format("[service_settings] Invalid value [{}]. [dimensions] must be a multiple of 8 for bit vectors",
                                read.dimensions));
  return read;
}

class TestService final : public Service {
 public:
  constexpr TestService(std::string_view name, TaskType task_type) : name_(name), task_types_{task_type} {}
  std::string_view name() const override { return name_; }
  std::string_view title() const override { return name_; }
  std::span<const TaskType> task_types() const override { return task_types_; }
  std::span<const SettingInfo> settings() const override { return kSettings; }
  Result<std::shared_ptr<Endpoint>> create(const EndpointDefinition& definition, const ServiceContext&) const override {
    Validation validation;
    SettingsReader service_settings(definition.service_settings, "service_settings", validation);
    TestSettings settings = read_settings(definition.task_type, service_settings, validation);
    SettingsReader task_settings(definition.task_settings, "task_settings", validation);
    std::string chunking;
    if (definition.task_type != TaskType::kRerank) chunking = read_chunking_settings(definition.chunking_settings, validation);
    RETURN_IF_ERROR(validation.status(base::ErrorCode::kValidation));
    for (const std::string& left : {service_settings.leftovers(), task_settings.leftovers()}) {
      if (!left.empty()) return unknown_settings_error(left, name_);
    }
    return std::shared_ptr<Endpoint>(std::make_shared<TestEndpoint>(definition, name_, std::move(settings), std::move(chunking)));
  }

 private:
  const std::string_view name_;
  const std::array<TaskType, 1> task_types_;
};

const TestService kSparse("test_service", TaskType::kSparseEmbedding);
const TestService kDense("text_embedding_test_service", TaskType::kTextEmbedding);
const TestService kRerank("test_reranking_service", TaskType::kRerank);
constexpr std::array<const Service*, 3> kTestServices = {&kRerank, &kSparse, &kDense};

}  // namespace

std::span<const Service* const> test_services() { return kTestServices; }

std::vector<float> test_rerank_scores(std::span<const std::string_view> inputs) {
  std::vector<float> scores(inputs.size());
  bool numbers = true;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const char* const end = inputs[i].data() + inputs[i].size();
    const auto [stop, fault] = std::from_chars(inputs[i].data(), end, scores[i]);
    numbers = numbers && fault == std::errc() && stop == end && std::isfinite(scores[i]);
  }
  if (numbers) return scores;
  for (size_t i = 0; i < inputs.size(); ++i) scores[i] = 0.2F * static_cast<float>(i);
  return scores;
}

std::vector<float> test_vector(std::string_view text, int32_t dimensions) {
  std::vector<float> vector;
  uint64_t state = 14695981039346656037U;  // FNV-1a of the text, then a linear congruential generator
  for (const char c : text) state = (state ^ static_cast<unsigned char>(c)) * 1099511628211U;
  for (int32_t i = 0; i < dimensions; ++i) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    vector.push_back(static_cast<float>(state >> 57));
  }
  return vector;
}

SparseEmbedding test_sparse_embedding(std::string_view text) {
  SparseEmbedding embedding;
  const std::vector<float> weights = test_vector(text, 5);
  for (size_t i = 0; i < weights.size(); ++i) embedding.tokens.push_back({"feature_" + std::to_string(i), weights[i] + 1});
  std::stable_sort(embedding.tokens.begin(), embedding.tokens.end(),
                   [](const TokenWeight& a, const TokenWeight& b) { return a.weight > b.weight; });
  return embedding;
}

}  // namespace selene::inference
