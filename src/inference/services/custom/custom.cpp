#include "inference/services/custom/custom.h"

#include <array>
#include <cmath>
#include <utility>

#include "base/format.h"
#include "inference/services/custom/custom_settings.h"
#include "inference/services/custom/template.h"
#include "inference/services/googlevertexai/service_account.h"
#include "inference/services/remote/rerank_shape.h"
#include "inference/services/remote/vendor_json.h"

namespace selene::inference {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;
using base::Status;

constexpr std::string_view kService = "the custom service";

/// How a value is put where a template names it.
enum class Place : uint8_t { kJson, kPlain };

std::string strings_json(std::span<const std::string_view> values) {
  base::JsonWriter out;
  out.begin_array();
  for (const std::string_view value : values) out.value(value);
  return out.end_array().take();
}

Result<std::vector<JsonValue>> values_at(JsonValue root, std::string_view path) {
  std::vector<JsonValue> values;
  RETURN_IF_ERROR(visit_path(root, path, [&](JsonValue value) {
    values.push_back(value);
    return Status();
  }));
  return values;
}

/// The values of one call, as JSON texts.
struct CallValues {
  std::vector<std::pair<std::string, std::string>> json;
  JsonValue parameters;  ///< task_settings.parameters
};

class CustomModel final : public VendorModel {
 public:
  explicit CustomModel(CustomSettings settings) : settings_(std::move(settings)) {}

  void write_settings(base::JsonWriter& out) const override { settings_.write(out); }
  void write_secrets(base::JsonWriter& out) const override {
    out.key("secret_parameters").begin_object();
    for (const auto& [name, text] : settings_.secret_parameters) out.field(name, text);
    out.end_object();
  }
  std::vector<std::string> secret_values() const override {
    std::vector<std::string> values;
    for (const auto& [name, text] : settings_.secret_parameters) values.push_back(text);
    return values;
  }

  Result<net::ClientRequest> rerank_request(const RerankCall& call) const override {
    CallValues values{{{"query", base::quote(call.query)}, {"input", strings_json(call.documents)}},
                      call.task_settings["parameters"]};
    if (call.top_n.has_value()) values.json.emplace_back("top_n", std::to_string(*call.top_n));
    if (call.return_documents.has_value()) values.json.emplace_back("return_documents", *call.return_documents ? "true" : "false");
    return build(values);
  }
  Result<std::vector<RankedDoc>> parse_rerank(std::string_view body, size_t num_documents) const override;

  Result<net::ClientRequest> embedding_request(const EmbeddingCall& call) const override {
    const std::string& word =
        call.input_type == InputType::kIngest && !settings_.ingest_input_type.empty()   ? settings_.ingest_input_type
        : call.input_type == InputType::kSearch && !settings_.search_input_type.empty() ? settings_.search_input_type
                                                                                        : settings_.default_input_type;
    return build({{{"input", strings_json(call.inputs)}, {"input_type", base::quote(word)}}, call.task_settings["parameters"]});
  }
  Result<std::vector<std::vector<float>>> parse_text_embedding(std::string_view body) const override;
  Result<std::vector<SparseEmbedding>> parse_sparse_embedding(std::string_view body) const override;
  size_t max_inputs() const override { return static_cast<size_t>(settings_.batch_size); }
  std::string_view element_type() const override {
    if (settings_.embedding_type == "binary") return "bit";
    return settings_.embedding_type;
  }
  std::string_view default_similarity() const override { return element_type() == "bit" ? "l2_norm" : "dot_product"; }

  std::string error_message(std::string_view body) const override {
    if (!settings_.error_path.has_value()) return VendorModel::error_message(body);
    const auto document = base::JsonDocument::parse(body, 64);
    std::string message;
    if (!document.has_value()) return message;
    const Status found = visit_path(document->root(), *settings_.error_path, [&](JsonValue value) {
      message = java_text(value);
      return Status();
    });
    return found.has_value() ? message : std::string();
  }

 private:
  std::optional<std::string> lookup(const CallValues& values, std::string_view name, Place place) const {
    for (const auto& [key, text] : settings_.secret_parameters) {
      if (key == name) return place == Place::kJson ? base::quote(text) : text;
    }
    if (const JsonValue parameter = values.parameters[name]; !parameter.is_null()) {
      if (place == Place::kPlain) return java_text(parameter);
      return base::JsonWriter().value(parameter).take();
    }
    for (const auto& [key, json] : values.json) {
      if (key != name) continue;
      if (place == Place::kJson) return json;
      const auto value = base::JsonDocument::parse(json);
      return java_text(value->root());
    }
    return std::nullopt;
  }

  Result<std::string> fill(std::string_view text, std::string_view field, const CallValues& values, Place place) const {
    return replace_placeholders(text, field, [&](std::string_view name) { return lookup(values, name, place); });
  }

  Result<net::ClientRequest> build(const CallValues& values) const {
    ASSIGN_OR_RETURN(std::string url, fill(settings_.url, "url", values, Place::kPlain));
    for (const auto& [name, text] : settings_.query_parameters) {
      ASSIGN_OR_RETURN(const std::string value, fill(text, "query_parameters", values, Place::kPlain));
      url += (url.find('?') == std::string::npos ? '?' : '&') + form_encode(name) + '=' + form_encode(value);
    }
    ASSIGN_OR_RETURN(std::string body, fill(settings_.request, "request", values, Place::kJson));
    net::ClientRequest http;
    http.method = "POST";
    http.url = std::move(url);
    http.headers.add("Content-Type", "application/json");
    for (const auto& [name, text] : settings_.headers) {
      ASSIGN_OR_RETURN(std::string value, fill(text, "headers", values, Place::kPlain));
      http.headers.set(name, std::move(value));
    }
    http.body = std::move(body);
    return http;
  }

  const CustomSettings settings_;
};

Result<std::vector<RankedDoc>> CustomModel::parse_rerank(std::string_view body, size_t num_documents) const {
  ASSIGN_OR_RETURN(const base::JsonDocument document, parse_answer(body, kService));
  // Scores and indices stand on paths of their own: put side by side they are the usual list.
  ASSIGN_OR_RETURN(const std::vector<JsonValue> scores, values_at(document.root(), *settings_.path("relevance_score")));
  std::vector<JsonValue> indices;
  if (const std::string* path = settings_.path("reranked_index")) {
    ASSIGN_OR_RETURN(indices, values_at(document.root(), *path));
    if (indices.size() != scores.size())
      return Error(ErrorCode::kStatusBadRequest, "The response has [{}] scores but [{}] indices", scores.size(), indices.size());
  }
  base::JsonWriter pairs;
  pairs.begin_array();
  for (size_t i = 0; i < scores.size(); ++i) {
    pairs.begin_object().key("index");
    indices.empty() ? pairs.value(static_cast<int64_t>(i)) : pairs.value(indices[i]);
    pairs.field("score", scores[i]).end_object();
  }
  const std::string text = pairs.end_array().take();
  ASSIGN_OR_RETURN(const base::JsonDocument list, parse_answer(text, kService));
  return read_ranked_docs(list.root(), "index", "score", num_documents, kService);
}

Result<std::vector<std::vector<float>>> CustomModel::parse_text_embedding(std::string_view body) const {
  ASSIGN_OR_RETURN(const base::JsonDocument document, parse_answer(body, kService));
  ASSIGN_OR_RETURN(const std::vector<JsonValue> found, values_at(document.root(), *settings_.path("text_embeddings")));
  std::vector<std::vector<float>> vectors;
  for (const JsonValue value : found) {
    ASSIGN_OR_RETURN(auto vector, read_vector(value, kService));
    vectors.push_back(std::move(vector));
  }
  return vectors;
}

Result<std::vector<SparseEmbedding>> CustomModel::parse_sparse_embedding(std::string_view body) const {
  ASSIGN_OR_RETURN(const base::JsonDocument document, parse_answer(body, kService));
  // The paths run over inputs and, inside, over tokens: the first [*] tells one input from the next.
  const std::string& token_path = *settings_.path("token_path");
  const std::string& weight_path = *settings_.path("weight_path");
  const size_t split = token_path.find("[*]");
  if (split == std::string::npos || weight_path.substr(0, split + 3) != token_path.substr(0, split + 3))
    return Error(ErrorCode::kStatusBadRequest,
                 std::string("[token_path] and [weight_path] must begin with the same list of inputs"));
  ASSIGN_OR_RETURN(const std::vector<JsonValue> inputs, values_at(document.root(), token_path.substr(0, split + 3)));
  std::vector<SparseEmbedding> embeddings;
  for (const JsonValue input : inputs) {
    ASSIGN_OR_RETURN(const std::vector<JsonValue> tokens, values_at(input, "$" + token_path.substr(split + 3)));
    ASSIGN_OR_RETURN(const std::vector<JsonValue> weights, values_at(input, "$" + weight_path.substr(split + 3)));
    if (tokens.size() != weights.size())
      return Error(ErrorCode::kStatusBadRequest, std::string("The weights of the response do not fit its tokens"));
    SparseEmbedding embedding;
    for (size_t i = 0; i < tokens.size(); ++i) {
      if (!weights[i].is_number() || !std::isfinite(static_cast<float>(weights[i].as_double())))
        return Error(ErrorCode::kStatusBadRequest, std::string("A weight of the response is no finite number"));
      embedding.tokens.push_back({java_text(tokens[i]), static_cast<float>(weights[i].as_double())});
    }
    embeddings.push_back(std::move(embedding));
  }
  return embeddings;
}

std::unique_ptr<VendorModel> create(TaskType task_type, DefinitionSource, SettingsReader& settings, Validation& validation) {
  return std::make_unique<CustomModel>(CustomSettings::parse(task_type, settings, validation));
}

constexpr std::array<TaskType, 3> kTasks = {TaskType::kTextEmbedding, TaskType::kSparseEmbedding, TaskType::kRerank};
constexpr std::array<SettingInfo, 9> kSettings = {
    SettingInfo{"secret_parameters", "map", "Values for placeholders that are stored encrypted.", false, true},
    SettingInfo{"url", "str", "The URL of the request.", true, false},
    SettingInfo{"headers", "map", "Headers of the request.", false, false},
    SettingInfo{"query_parameters", "list", "Pairs added to the URL.", false, false},
    SettingInfo{"request", "str", "Template of the body.", true, false},
    SettingInfo{"response", "map", "JSON paths of the answer.", true, false},
    SettingInfo{"input_type", "map", "What the placeholder input_type says.", false, false},
    SettingInfo{"batch_size", "int", "Inputs of one request.", false, false},
    kRateLimitInfo};
constexpr std::array<TaskSetting, 1> kTaskSettings = {{{"parameters", TaskSettingType::kObject}}};

}  // namespace

const Vendor kCustomVendor{.name = "custom",
                           .title = "Custom",
                           .task_types = kTasks,
                           .requests_per_minute = 10000,
                           .settings = kSettings,
                           .rerank_task_settings = kTaskSettings,
                           .embedding_task_settings = kTaskSettings,
                           .create = &create};

}  // namespace selene::inference
