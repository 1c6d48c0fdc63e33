#include "inference/services/azureopenai/azureopenai.h"

#include <array>
#include <utility>

#include "base/format.h"
#include "inference/services/googlevertexai/service_account.h"
#include "inference/services/remote/embedding_shape.h"
#include "inference/services/remote/vendor_json.h"

namespace selene::inference {
namespace {

using base::Result;

constexpr std::array<std::string_view, 1> kPassedOn = {"user"};
constexpr EmbeddingShape kShape{.service = "Azure OpenAI",
                                .default_url = "",
                                .max_inputs = 2048,
                                .model_key = "",
                                .dimensions_key = "dimensions",
                                .passed_on = kPassedOn};

struct AzureOpenAiSettings {
  std::optional<std::string> api_key;
  std::optional<std::string> entra_id;
  std::string resource_name;
  std::string deployment_id;
  std::string api_version;
  std::optional<std::string> url;
};

class AzureOpenAiModel final : public VendorModel {
 public:
  explicit AzureOpenAiModel(AzureOpenAiSettings settings) : settings_(std::move(settings)) {}
  void write_settings(base::JsonWriter& out) const override {
    out.field("resource_name", settings_.resource_name).field("deployment_id", settings_.deployment_id);
    out.field("api_version", settings_.api_version);
    if (settings_.url.has_value()) out.field("url", *settings_.url);
  }
  void write_secrets(base::JsonWriter& out) const override {
    if (settings_.api_key.has_value()) out.field("api_key", *settings_.api_key);
    if (settings_.entra_id.has_value()) out.field("entra_id", *settings_.entra_id);
  }
  std::vector<std::string> secret_values() const override {
    return {settings_.api_key.value_or(std::string()), settings_.entra_id.value_or(std::string())};
  }

  Result<net::ClientRequest> embedding_request(const EmbeddingCall& call) const override {
    ASSIGN_OR_RETURN(std::string body, embedding_body(kShape, std::nullopt, call));
    std::string url = settings_.url.has_value()
                          ? *settings_.url
                          : base::format("https://{}.openai.azure.com/openai/deployments/{}/embeddings?api-version={}",
                                         form_encode(settings_.resource_name), form_encode(settings_.deployment_id),
                                         form_encode(settings_.api_version));
    net::ClientRequest http = json_post(std::move(url), settings_.entra_id.value_or(std::string()), std::move(body));
    if (settings_.api_key.has_value()) http.headers.add("api-key", *settings_.api_key);
    return http;
  }
  Result<std::vector<std::vector<float>>> parse_text_embedding(std::string_view body) const override {
    return parse_indexed_vectors(body, kShape.service);
  }
  size_t max_inputs() const override { return kShape.max_inputs; }

 private:
  const AzureOpenAiSettings settings_;
};

std::unique_ptr<VendorModel> create(TaskType, DefinitionSource, SettingsReader& settings, Validation& validation) {
  AzureOpenAiSettings read;
  read.api_key = settings.optional_string("api_key");
  read.entra_id = settings.optional_string("entra_id");
  if (read.api_key.has_value() == read.entra_id.has_value())
    validation.add("[secret_settings] must have exactly one of [api_key] or [entra_id] field set");
  read.resource_name = settings.required_string("resource_name");
  read.deployment_id = settings.required_string("deployment_id");
  read.api_version = settings.required_string("api_version");
  read.url = settings.optional_string("url");
  check_url(read.url, validation);
  return std::make_unique<AzureOpenAiModel>(std::move(read));
}

constexpr std::array<TaskType, 1> kTasks = {TaskType::kTextEmbedding};
constexpr std::array<SettingInfo, 8> kSettings = {
    SettingInfo{"api_key", "str", "API key of the provider; this or entra_id is needed.", false, true},
    SettingInfo{"entra_id", "str", "Token of Microsoft Entra; this or api_key is needed.", false, true},
    SettingInfo{"resource_name", "str", "The name of the Azure OpenAI resource.", true, false},
    SettingInfo{"deployment_id", "str", "The name of the deployed model.", true, false},
    SettingInfo{"api_version", "str", "The version of the API.", true, false},
    SettingInfo{"dimensions", "int", "The size of the embeddings asked for.", false, false},
    kUrlInfo,
    kRateLimitInfo};
constexpr std::array<TaskSetting, 1> kTaskSettings = {{{"user", TaskSettingType::kString}}};

}  // namespace

const Vendor kAzureOpenAiVendor{.name = "azureopenai",
                                .title = "Azure OpenAI",
                                .task_types = kTasks,
                                .requests_per_minute = 1440,
                                .settings = kSettings,
                                .rerank_task_settings = {},
                                .embedding_task_settings = kTaskSettings,
                                .create = &create};

}  // namespace selene::inference
