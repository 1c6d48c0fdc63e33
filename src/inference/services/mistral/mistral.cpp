#include "inference/services/mistral/mistral.h"

#include <array>

#include "inference/services/remote/embedding_shape.h"
#include "inference/services/remote/vendor_json.h"

namespace selene::inference {
namespace {

constexpr std::array<TaskType, 1> kTasks = {TaskType::kTextEmbedding};
constexpr std::array<std::pair<std::string_view, std::string_view>, 1> kFixed = {{{"encoding_format", "float"}}};
constexpr EmbeddingShape kShape{
    .service = "Mistral", .default_url = "https://api.mistral.ai/v1/embeddings", .max_inputs = 512, .fixed = kFixed};

/// The setting that other vendors call `model_id` is `model` here, as in Elasticsearch.
class MistralModel final : public VendorModel {
 public:
  explicit MistralModel(KeyedSettings settings) : settings_(std::move(settings)) {}
  void write_settings(base::JsonWriter& out) const override {
    if (settings_.model_id.has_value()) out.field("model", *settings_.model_id);
    if (settings_.url.has_value()) out.field("url", *settings_.url);
  }
  void write_secrets(base::JsonWriter& out) const override { out.field("api_key", settings_.api_key); }
  std::vector<std::string> secret_values() const override { return {settings_.api_key}; }
  base::Result<net::ClientRequest> embedding_request(const EmbeddingCall& call) const override {
    ASSIGN_OR_RETURN(std::string body, embedding_body(kShape, settings_.model_id, call));
    return json_post(settings_.url.value_or(std::string(kShape.default_url)), settings_.api_key, std::move(body));
  }
  base::Result<std::vector<std::vector<float>>> parse_text_embedding(std::string_view body) const override {
    return parse_indexed_vectors(body, kShape.service);
  }
  size_t max_inputs() const override { return kShape.max_inputs; }

 private:
  const KeyedSettings settings_;
};

std::unique_ptr<VendorModel> create(TaskType, DefinitionSource, SettingsReader& settings, Validation& validation) {
  KeyedSettings read;
  read.api_key = settings.required_string("api_key");
  read.model_id = settings.required_string("model");
  read.url = settings.optional_string("url");
  check_url(read.url, validation);
  return std::make_unique<MistralModel>(std::move(read));
}

constexpr std::array<SettingInfo, 4> kSettings = {
    kApiKeyInfo, SettingInfo{"model", "str", "The name of the model to use.", true, false}, kUrlInfo, kRateLimitInfo};

}  // namespace

const Vendor kMistralVendor{.name = "mistral",
                            .title = "Mistral",
                            .task_types = kTasks,
                            .requests_per_minute = 240,
                            .settings = kSettings,
                            .rerank_task_settings = {},
                            .embedding_task_settings = {},
                            .create = &create};

}  // namespace selene::inference
