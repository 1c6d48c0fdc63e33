#include "inference/services/watsonxai/watsonxai.h"

#include <array>
#include <utility>

#include "base/format.h"
#include "inference/services/googlevertexai/service_account.h"
#include "inference/services/remote/rerank_shape.h"
#include "inference/services/remote/vendor_json.h"

namespace selene::inference {
namespace {

using base::JsonValue;
using base::Result;

constexpr std::string_view kService = "IBM watsonx.ai";
constexpr std::string_view kTokenUrl = "https://iam.cloud.ibm.com/identity/token";

struct WatsonxSettings {
  KeyedSettings keyed;  ///< `url`: the host, or the whole request URL
  std::string api_version;
  std::string project_id;
  std::optional<std::string> token_url;
};

class WatsonxModel final : public VendorModel {
 public:
  explicit WatsonxModel(WatsonxSettings settings) : settings_(std::move(settings)) {}
  void write_settings(base::JsonWriter& out) const override {
    settings_.keyed.write(out);
    out.field("api_version", settings_.api_version).field("project_id", settings_.project_id);
    if (settings_.token_url.has_value()) out.field("token_url", *settings_.token_url);
  }
  void write_secrets(base::JsonWriter& out) const override { out.field("api_key", settings_.keyed.api_key); }
  std::vector<std::string> secret_values() const override {
    return {settings_.keyed.api_key, form_encode(settings_.keyed.api_key)};
  }

  Result<net::ClientRequest> rerank_request(const RerankCall& call) const override {
    base::JsonWriter out;
    out.begin_object().field("model_id", *settings_.keyed.model_id).field("query", call.query).key("inputs").begin_array();
    for (const std::string_view document : call.documents) out.begin_object().field("text", document).end_object();
    out.end_array().field("project_id", settings_.project_id).key("parameters").begin_object();
    if (const JsonValue limit = call.task_settings["truncate_input_tokens"]; !limit.is_null())
      out.field("truncate_input_tokens", limit);
    out.key("return_options").begin_object();
    if (call.return_documents.has_value()) out.field("inputs", *call.return_documents);
    if (call.top_n.has_value()) out.field("top_n", *call.top_n);
    return json_post(request_url(), "", out.end_object().end_object().end_object().take());
  }
  Result<std::vector<RankedDoc>> parse_rerank(std::string_view body, size_t num_documents) const override {
    constexpr RerankShape kShape{.service = kService, .default_url = "", .score_key = "score"};
    return parse_rerank_answer(kShape, body, num_documents);
  }

  bool needs_token() const override { return true; }
  Result<net::ClientRequest> token_request(int64_t) const override {
    net::ClientRequest request;
    request.method = "POST";
    request.url = settings_.token_url.value_or(std::string(kTokenUrl));
    request.headers.add("Content-Type", "application/x-www-form-urlencoded");
    request.body =
        "grant_type=" + form_encode("urn:ibm:params:oauth:grant-type:apikey") + "&apikey=" + form_encode(settings_.keyed.api_key);
    return request;
  }
  Result<AccessToken> parse_token(std::string_view body) const override { return parse_oauth_token(body, kService); }

 private:
  std::string request_url() const {
    const std::string& url = *settings_.keyed.url;
    const size_t host = url.find("://");
    if (host != std::string::npos && url.find('/', host + 3) != std::string::npos) return url;
    return base::format("{}{}/ml/v1/text/rerank?version={}", host == std::string::npos ? "https://" : "", url,
                        form_encode(settings_.api_version));
  }

  const WatsonxSettings settings_;
};

std::unique_ptr<VendorModel> create(TaskType, DefinitionSource, SettingsReader& settings, Validation& validation) {
  WatsonxSettings read;
  read.keyed.api_key = settings.required_string("api_key");
  read.keyed.model_id = settings.required_string("model_id");
  read.keyed.url = settings.required_string("url");
  read.api_version = settings.required_string("api_version");
  read.project_id = settings.required_string("project_id");
  read.token_url = settings.optional_string("token_url");
  check_url(read.token_url, validation);
  return std::make_unique<WatsonxModel>(std::move(read));
}

constexpr std::array<TaskType, 1> kTasks = {TaskType::kRerank};
constexpr std::array<SettingInfo, 7> kSettings = {
    kApiKeyInfo,
    kModelIdInfo,
    SettingInfo{"url", "str", "The host of the service, or the whole URL of the request.", true, false},
    SettingInfo{"api_version", "str", "The version of the API, a date.", true, false},
    SettingInfo{"project_id", "str", "The project that pays for the requests.", true, false},
    SettingInfo{"token_url", "str", "Where access tokens are fetched, instead of IBM Cloud.", false, false},
    kRateLimitInfo};
constexpr std::array<TaskSetting, 3> kTaskSettings = {{{"top_n", TaskSettingType::kPositive},
                                                       {"return_documents", TaskSettingType::kBool},
                                                       {"truncate_input_tokens", TaskSettingType::kPositive}}};

}  // namespace

const Vendor kWatsonxVendor{.name = "watsonxai",
                            .title = "IBM watsonx.ai",
                            .task_types = kTasks,
                            .requests_per_minute = 120,
                            .settings = kSettings,
                            .rerank_task_settings = kTaskSettings,
                            .embedding_task_settings = {},
                            .create = &create};

}  // namespace selene::inference
