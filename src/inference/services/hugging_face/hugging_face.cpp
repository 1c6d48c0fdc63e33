#include "inference/services/hugging_face/hugging_face.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "inference/services/remote/rerank_shape.h"
#include "inference/services/remote/vendor_json.h"

namespace selene::inference {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;

constexpr std::string_view kService = "Hugging Face";
constexpr RerankShape kShape{.service = kService,
                             .default_url = "",
                             .model_key = "",
                             .documents_key = "texts",
                             .top_n_key = "",
                             .return_documents_key = "return_text",
                             .results_key = "",
                             .score_key = "score"};

/// {"token":1.5,..} or [{"token"|"index":..,"value":1.5},..]
Result<SparseEmbedding> read_sparse(JsonValue element) {
  SparseEmbedding embedding;
  const auto add = [&](std::string token, JsonValue weight) {
    const bool fine = weight.is_number() && std::isfinite(static_cast<float>(weight.as_double())) && !token.empty();
    if (fine && weight.as_double() > 0) embedding.tokens.push_back({std::move(token), static_cast<float>(weight.as_double())});
    return fine;
  };
  bool fine = element.is_object() || element.is_array();
  if (element.is_object()) {
    for (const auto [token, weight] : element.as_object()) fine = fine && add(std::string(token), weight);
  } else if (element.is_array()) {
    for (const JsonValue entry : element.as_array()) {
      const JsonValue token = entry["token"].exists() ? entry["token"] : entry["index"];
      fine = fine && token.exists() && add(java_text(token), entry["value"]);
    }
  }
  if (!fine)
    return Error(ErrorCode::kStatusBadRequest,
                 std::string("Failed to parse the response of Hugging Face: a sparse embedding is no list of tokens and weights"));
  std::stable_sort(embedding.tokens.begin(), embedding.tokens.end(),
                   [](const TokenWeight& a, const TokenWeight& b) { return a.weight > b.weight; });
  return embedding;
}

class HuggingFaceModel final : public VendorModel {
 public:
  explicit HuggingFaceModel(KeyedSettings settings) : settings_(std::move(settings)) {}
  void write_settings(base::JsonWriter& out) const override { settings_.write(out); }
  void write_secrets(base::JsonWriter& out) const override { out.field("api_key", settings_.api_key); }
  std::vector<std::string> secret_values() const override { return {settings_.api_key}; }

  Result<net::ClientRequest> rerank_request(const RerankCall& call) const override {
    return json_post(*settings_.url, settings_.api_key, rerank_body(kShape, std::nullopt, call));
  }
  Result<std::vector<RankedDoc>> parse_rerank(std::string_view body, size_t num_documents) const override {
    return parse_rerank_answer(kShape, body, num_documents);
  }
  Result<net::ClientRequest> embedding_request(const EmbeddingCall& call) const override {
    base::JsonWriter out;
    out.begin_object();
    write_strings(out, "inputs", call.inputs);
    return json_post(*settings_.url, settings_.api_key, out.end_object().take());
  }
  Result<std::vector<std::vector<float>>> parse_text_embedding(std::string_view body) const override {
    ASSIGN_OR_RETURN(const base::JsonDocument document, parse_answer(body, kService));
    const JsonValue root = document.root();
    return read_vectors(root.is_object() ? root["embeddings"] : root, kService);
  }
  Result<std::vector<SparseEmbedding>> parse_sparse_embedding(std::string_view body) const override {
    ASSIGN_OR_RETURN(const base::JsonDocument document, parse_answer(body, kService));
    if (!document.root().is_array())
      return Error(ErrorCode::kStatusBadRequest, std::string("Failed to parse the response of Hugging Face: it is no array"));
    std::vector<SparseEmbedding> embeddings;
    for (const JsonValue element : document.root().as_array()) {
      ASSIGN_OR_RETURN(SparseEmbedding embedding, read_sparse(element));
      embeddings.push_back(std::move(embedding));
    }
    return embeddings;
  }
  // text-embeddings-inference's default for --max-client-batch-size.
  size_t max_inputs() const override { return 32; }
  std::string_view default_similarity() const override { return "cosine"; }

 private:
  const KeyedSettings settings_;
};

std::unique_ptr<VendorModel> create(TaskType, DefinitionSource, SettingsReader& settings, Validation& validation) {
  KeyedSettings keyed;
  keyed.api_key = settings.required_string("api_key");
  keyed.url = settings.required_string("url");
  if (!keyed.url->empty()) check_url(keyed.url, validation);
  return std::make_unique<HuggingFaceModel>(std::move(keyed));
}

constexpr std::array<TaskType, 3> kTasks = {TaskType::kTextEmbedding, TaskType::kSparseEmbedding, TaskType::kRerank};
constexpr std::array<SettingInfo, 3> kSettings = {
    kApiKeyInfo, SettingInfo{"url", "str", "The URL of the inference endpoint, with its path.", true, false}, kRateLimitInfo};
constexpr std::array<TaskSetting, 2> kTaskSettings = {
    {{"top_n", TaskSettingType::kPositive}, {"return_documents", TaskSettingType::kBool}}};

}  // namespace

const Vendor kHuggingFaceVendor{.name = "hugging_face",
                                .title = "Hugging Face",
                                .task_types = kTasks,
                                .requests_per_minute = 3000,
                                .settings = kSettings,
                                .rerank_task_settings = kTaskSettings,
                                .embedding_task_settings = {},
                                .create = &create};

}  // namespace selene::inference
