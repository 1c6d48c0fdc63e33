#include "inference/services/cohere/cohere.h"

#include <array>
#include <utility>

#include "base/format.h"
#include "inference/services/remote/rerank_shape.h"
#include "inference/services/remote/vendor_json.h"

namespace selene::inference {
namespace {

using base::JsonValue;
using base::Result;

constexpr std::string_view kService = "Cohere";
constexpr std::array<std::string_view, 1> kPassedOn = {"max_chunks_per_doc"};
constexpr RerankShape kShape{.service = kService, .default_url = "https://api.cohere.ai/v2/rerank", .passed_on = kPassedOn};
constexpr std::string_view kRerankUrlV1 = "https://api.cohere.ai/v1/rerank";
constexpr std::string_view kEmbedUrl = "https://api.cohere.ai/v2/embed";
constexpr std::string_view kEmbedUrlV1 = "https://api.cohere.ai/v1/embed";

/// How the setting `embedding_type` is said to Cohere, and what the elements then are.
struct EmbeddingType {
  std::string_view setting;
  std::string_view vendor;
  std::string_view element;
};
constexpr std::array<EmbeddingType, 5> kEmbeddingTypes = {{{"float", "float", "float"},
                                                           {"byte", "int8", "byte"},
                                                           {"int8", "int8", "byte"},
                                                           {"binary", "binary", "bit"},
                                                           {"bit", "binary", "bit"}}};

enum class ApiVersion : uint8_t { kV1, kV2 };

std::string_view vendor_input_type(InputType type) {
  switch (type) {
    case InputType::kIngest: return "search_document";
    case InputType::kClassification: return "classification";
    case InputType::kClustering: return "clustering";
    default: return "search_query";
  }
}

class CohereModel final : public VendorModel {
 public:
  CohereModel(TaskType task_type, KeyedSettings settings, ApiVersion version, EmbeddingType type)
      : task_type_(task_type), settings_(std::move(settings)), version_(version), embedding_type_(type) {}

  void write_settings(base::JsonWriter& out) const override {
    settings_.write(out);
    if (task_type_ == TaskType::kTextEmbedding) out.field("embedding_type", embedding_type_.setting);
    if (version_ == ApiVersion::kV2) out.field("api_version", "V2");
  }
  void write_secrets(base::JsonWriter& out) const override { out.field("api_key", settings_.api_key); }
  std::vector<std::string> secret_values() const override { return {settings_.api_key}; }

  Result<net::ClientRequest> rerank_request(const RerankCall& call) const override {
    return request(version_ == ApiVersion::kV2 ? kShape.default_url : kRerankUrlV1, rerank_body(kShape, settings_.model_id, call));
  }
  Result<std::vector<RankedDoc>> parse_rerank(std::string_view body, size_t num_documents) const override {
    return parse_rerank_answer(kShape, body, num_documents);
  }

  Result<net::ClientRequest> embedding_request(const EmbeddingCall& call) const override {
    base::JsonWriter out;
    out.begin_object();
    if (settings_.model_id.has_value()) out.field("model", *settings_.model_id);
    write_strings(out, "texts", call.inputs);
    InputType input_type = call.input_type;
    if (const JsonValue stored = call.task_settings["input_type"]; input_type == InputType::kUnspecified && stored.is_string()) {
      ASSIGN_OR_RETURN(input_type, parse_input_type(stored.as_string()));
    }
    out.field("input_type", vendor_input_type(input_type));
    out.key("embedding_types").begin_array().value(embedding_type_.vendor).end_array();
    if (const JsonValue truncate = call.task_settings["truncate"]; truncate.is_string()) out.field("truncate", truncate);
    if (call.dimensions.has_value()) out.field("output_dimension", *call.dimensions);
    return request(version_ == ApiVersion::kV2 ? kEmbedUrl : kEmbedUrlV1, out.end_object().take());
  }
  Result<std::vector<std::vector<float>>> parse_text_embedding(std::string_view body) const override {
    ASSIGN_OR_RETURN(const base::JsonDocument document, parse_answer(body, kService));
    const JsonValue embeddings = document.root()["embeddings"];
    if (!embeddings.exists()) return missing_field("embeddings", kService, "embeddings");
    // v1 without embedding_types answers the bare list.
    const JsonValue vectors = embeddings.is_array() ? embeddings : embeddings[embedding_type_.vendor];
    if (!vectors.exists()) return missing_field(embedding_type_.vendor, kService, "embeddings");
    return read_vectors(vectors, kService);
  }
  size_t max_inputs() const override { return 96; }
  std::string_view element_type() const override { return embedding_type_.element; }
  std::string_view default_similarity() const override { return embedding_type_.element == "bit" ? "l2_norm" : "dot_product"; }

 private:
  net::ClientRequest request(std::string_view url, std::string body) const {
    net::ClientRequest http = json_post(settings_.url.value_or(std::string(url)), settings_.api_key, std::move(body));
    http.headers.add("Request-Source", "unspecified:elasticsearch");
    return http;
  }

  const TaskType task_type_;
  const KeyedSettings settings_;
  const ApiVersion version_;
  const EmbeddingType embedding_type_;
};

EmbeddingType read_embedding_type(SettingsReader& settings, Validation& validation) {
  const std::string name = settings.optional_string("embedding_type").value_or("float");
  for (const EmbeddingType& type : kEmbeddingTypes) {
    if (type.setting == name) return type;
  }
  validation.add(base::format(
      "[service_settings] Invalid value [{}] received. [embedding_type] must be one of [binary, bit, byte, float, int8]", name));
  return kEmbeddingTypes[0];
}

std::unique_ptr<VendorModel> create(TaskType task_type, DefinitionSource source, SettingsReader& settings, Validation& validation) {
  // New endpoints speak v2; one that was stored without a version speaks v1, whose model is optional.
  ApiVersion version = ApiVersion::kV2;
  if (source == DefinitionSource::kStore && settings.optional_string("api_version").value_or("V1") == "V1")
    version = ApiVersion::kV1;
  const Presence model = version == ApiVersion::kV2 ? Presence::kRequired : Presence::kOptional;
  KeyedSettings keyed = read_keyed_settings(settings, model, Presence::kOptional, validation);
  EmbeddingType type = kEmbeddingTypes[0];
  if (task_type == TaskType::kTextEmbedding) type = read_embedding_type(settings, validation);
  return std::make_unique<CohereModel>(task_type, std::move(keyed), version, type);
}

constexpr std::array<TaskType, 2> kTasks = {TaskType::kTextEmbedding, TaskType::kRerank};
constexpr std::array<SettingInfo, 5> kSettings = {
    kApiKeyInfo, kModelIdInfo, kUrlInfo,
    SettingInfo{"embedding_type", "str", "The type of the elements: float, byte, int8, bit or binary.", false, false},
    kRateLimitInfo};
constexpr std::array<TaskSetting, 3> kRerankTaskSettings = {{{"top_n", TaskSettingType::kPositive},
                                                             {"return_documents", TaskSettingType::kBool},
                                                             {"max_chunks_per_doc", TaskSettingType::kPositive}}};
constexpr std::array<std::string_view, 4> kInputTypes = {"classification", "clustering", "ingest", "search"};
constexpr std::array<std::string_view, 3> kTruncations = {"end", "none", "start"};
constexpr std::array<TaskSetting, 2> kEmbeddingTaskSettings = {
    {{"input_type", TaskSettingType::kString, kInputTypes}, {"truncate", TaskSettingType::kString, kTruncations}}};

}  // namespace

const Vendor kCohereVendor{.name = "cohere",
                           .title = "Cohere",
                           .task_types = kTasks,
                           .requests_per_minute = 10000,
                           .settings = kSettings,
                           .rerank_task_settings = kRerankTaskSettings,
                           .embedding_task_settings = kEmbeddingTaskSettings,
                           .create = &create};

}  // namespace selene::inference
