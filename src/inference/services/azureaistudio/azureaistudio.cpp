#include "inference/services/azureaistudio/azureaistudio.h"

#include <array>
#include <utility>

#include "base/format.h"
#include "inference/services/remote/rerank_shape.h"
#include "inference/services/remote/vendor_json.h"

namespace selene::inference {
namespace {

using base::Result;

constexpr RerankShape kShape{.service = "Azure AI Studio", .default_url = "", .model_key = ""};
constexpr std::string_view kPath = "/v1/rerank";

struct AzureSettings {
  std::string api_key;
  std::string target;
  std::string provider;
  std::string endpoint_type;
};

class AzureModel final : public VendorModel {
 public:
  explicit AzureModel(AzureSettings settings) : settings_(std::move(settings)) {}
  void write_settings(base::JsonWriter& out) const override {
    out.field("target", settings_.target).field("provider", settings_.provider).field("endpoint_type", settings_.endpoint_type);
  }
  void write_secrets(base::JsonWriter& out) const override { out.field("api_key", settings_.api_key); }
  std::vector<std::string> secret_values() const override { return {settings_.api_key}; }

  Result<net::ClientRequest> rerank_request(const RerankCall& call) const override {
    std::string url = settings_.target;
    if (!url.ends_with(kPath)) url += url.ends_with('/') ? kPath.substr(1) : kPath;
    const bool token = settings_.endpoint_type == "token";
    net::ClientRequest http =
        json_post(std::move(url), token ? settings_.api_key : std::string(), rerank_body(kShape, std::nullopt, call));
    if (!token) http.headers.add("api-key", settings_.api_key);
    return http;
  }
  Result<std::vector<RankedDoc>> parse_rerank(std::string_view body, size_t num_documents) const override {
    return parse_rerank_answer(kShape, body, num_documents);
  }

 private:
  const AzureSettings settings_;
};

std::unique_ptr<VendorModel> create(TaskType, DefinitionSource, SettingsReader& settings, Validation& validation) {
  AzureSettings read;
  read.api_key = settings.required_string("api_key");
  read.target = settings.required_string("target");
  read.provider = settings.required_string("provider");
  read.endpoint_type = settings.required_string("endpoint_type");
  if (!read.target.empty()) check_url(read.target, validation);
  if (!read.provider.empty() && read.provider != "cohere")
    validation.add(base::format("The [rerank] task type for provider [{}] is not available", read.provider));
  if (!read.endpoint_type.empty() && read.endpoint_type != "token" && read.endpoint_type != "realtime")
    validation.add(base::format("[service_settings] Invalid value [{}] received. [endpoint_type] must be one of [realtime, token]",
                                read.endpoint_type));
  return std::make_unique<AzureModel>(std::move(read));
}

constexpr std::array<TaskType, 1> kTasks = {TaskType::kRerank};
constexpr std::array<SettingInfo, 5> kSettings = {
    kApiKeyInfo, SettingInfo{"target", "str", "The URL of the deployment.", true, false},
    SettingInfo{"provider", "str", "The provider of the model: cohere.", true, false},
    SettingInfo{"endpoint_type", "str", "How the deployment is paid for: token or realtime.", true, false}, kRateLimitInfo};
constexpr std::array<TaskSetting, 2> kTaskSettings = {
    {{"top_n", TaskSettingType::kPositive}, {"return_documents", TaskSettingType::kBool}}};

}  // namespace

const Vendor kAzureAiStudioVendor{.name = "azureaistudio",
                                  .title = "Azure AI Studio",
                                  .task_types = kTasks,
                                  .requests_per_minute = 240,
                                  .settings = kSettings,
                                  .rerank_task_settings = kTaskSettings,
                                  .embedding_task_settings = {},
                                  .create = &create};

}  // namespace selene::inference
