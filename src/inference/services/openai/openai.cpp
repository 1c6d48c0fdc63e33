#include "inference/services/openai/openai.h"

#include <array>
#include <utility>

#include "inference/services/remote/embedding_shape.h"
#include "inference/services/remote/vendor_json.h"

namespace selene::inference {
namespace {

using base::Result;

constexpr std::array<std::string_view, 1> kPassedOn = {"user"};
constexpr EmbeddingShape kShape{.service = "OpenAI",
                                .default_url = "https://api.openai.com/v1/embeddings",
                                .max_inputs = 2048,
                                .dimensions_key = "dimensions",
                                .passed_on = kPassedOn};

class OpenAiModel final : public VendorModel {
 public:
  OpenAiModel(KeyedSettings settings, std::optional<std::string> organization_id)
      : settings_(std::move(settings)), organization_id_(std::move(organization_id)) {}
  void write_settings(base::JsonWriter& out) const override {
    settings_.write(out);
    if (organization_id_.has_value()) out.field("organization_id", *organization_id_);
  }
  void write_secrets(base::JsonWriter& out) const override { out.field("api_key", settings_.api_key); }
  std::vector<std::string> secret_values() const override { return {settings_.api_key}; }

  Result<net::ClientRequest> embedding_request(const EmbeddingCall& call) const override {
    ASSIGN_OR_RETURN(std::string body, embedding_body(kShape, settings_.model_id, call));
    net::ClientRequest http =
        json_post(settings_.url.value_or(std::string(kShape.default_url)), settings_.api_key, std::move(body));
    if (organization_id_.has_value()) http.headers.add("OpenAI-Organization", *organization_id_);
    return http;
  }
  Result<std::vector<std::vector<float>>> parse_text_embedding(std::string_view body) const override {
    return parse_indexed_vectors(body, kShape.service);
  }
  size_t max_inputs() const override { return kShape.max_inputs; }

 private:
  const KeyedSettings settings_;
  const std::optional<std::string> organization_id_;
};

std::unique_ptr<VendorModel> create(TaskType, DefinitionSource, SettingsReader& settings, Validation& validation) {
  KeyedSettings keyed = read_keyed_settings(settings, Presence::kRequired, Presence::kOptional, validation);
  return std::make_unique<OpenAiModel>(std::move(keyed), settings.optional_string("organization_id"));
}

constexpr std::array<TaskType, 1> kTasks = {TaskType::kTextEmbedding};
constexpr std::array<SettingInfo, 6> kSettings = {
    kApiKeyInfo,
    kModelIdInfo,
    SettingInfo{"organization_id", "str", "The organization that pays for the requests.", false, false},
    SettingInfo{"dimensions", "int", "The size of the embeddings asked for.", false, false},
    kUrlInfo,
    kRateLimitInfo};
constexpr std::array<TaskSetting, 1> kTaskSettings = {{{"user", TaskSettingType::kString}}};

}  // namespace

const Vendor kOpenAiVendor{.name = "openai",
                           .title = "OpenAI",
                           .task_types = kTasks,
                           .requests_per_minute = 3000,
                           .settings = kSettings,
                           .rerank_task_settings = {},
                           .embedding_task_settings = kTaskSettings,
                           .create = &create};

}  // namespace selene::inference
