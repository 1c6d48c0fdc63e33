#include "inference/services/alibabacloud/alibabacloud.h"

#include <array>
#include <utility>

#include "base/format.h"
#include "inference/services/remote/rerank_shape.h"
#include "inference/services/remote/vendor_json.h"

namespace selene::inference {
namespace {

using base::JsonValue;
using base::Result;

constexpr RerankShape kShape{.service = "Alibaba Cloud AI Search",
                             .default_url = "",
                             .model_key = "",
                             .documents_key = "docs",
                             .top_n_key = "",
                             .return_documents_key = "",
                             .score_key = "score"};

struct AlibabaSettings {
  std::string api_key;
  std::string service_id;
  std::string host;
  std::string workspace;
  std::string http_schema;
};

class AlibabaModel final : public VendorModel {
 public:
  explicit AlibabaModel(AlibabaSettings settings) : settings_(std::move(settings)) {}
  void write_settings(base::JsonWriter& out) const override {
    out.field("service_id", settings_.service_id).field("host", settings_.host).field("workspace", settings_.workspace);
    out.field("http_schema", settings_.http_schema);
  }
  void write_secrets(base::JsonWriter& out) const override { out.field("api_key", settings_.api_key); }
  std::vector<std::string> secret_values() const override { return {settings_.api_key}; }

  Result<net::ClientRequest> rerank_request(const RerankCall& call) const override {
    return json_post(base::format("{}://{}/v3/openapi/workspaces/{}/ranker/{}", settings_.http_schema, settings_.host,
                                  settings_.workspace, settings_.service_id),
                     settings_.api_key, rerank_body(kShape, std::nullopt, call));
  }
  Result<std::vector<RankedDoc>> parse_rerank(std::string_view body, size_t num_documents) const override {
    ASSIGN_OR_RETURN(const base::JsonDocument document, parse_answer(body, kShape.service));
    const JsonValue scores = document.root()["result"]["scores"];
    if (!scores.exists()) return missing_field("scores", kShape.service, "rerank");
    return read_ranked_docs(scores, kShape.index_key, kShape.score_key, num_documents, kShape.service);
  }

 private:
  const AlibabaSettings settings_;
};

std::unique_ptr<VendorModel> create(TaskType, DefinitionSource, SettingsReader& settings, Validation& validation) {
  AlibabaSettings read;
  read.api_key = settings.required_string("api_key");
  read.service_id = settings.required_string("service_id");
  read.host = settings.required_string("host");
  read.workspace = settings.required_string("workspace");
  read.http_schema = settings.optional_string("http_schema").value_or("https");
  if (read.http_schema != "https" && read.http_schema != "http")
    validation.add(base::format("[service_settings] Invalid value [{}] received. [http_schema] must be one of [http, https]",
                                read.http_schema));
  return std::make_unique<AlibabaModel>(std::move(read));
}

constexpr std::array<TaskType, 1> kTasks = {TaskType::kRerank};
constexpr std::array<SettingInfo, 6> kSettings = {
    kApiKeyInfo,
    SettingInfo{"service_id", "str", "The name of the model service to use.", true, false},
    SettingInfo{"host", "str", "The host of the API.", true, false},
    SettingInfo{"workspace", "str", "The name of the workspace.", true, false},
    SettingInfo{"http_schema", "str", "http or https.", false, false},
    kRateLimitInfo};

}  // namespace

const Vendor kAlibabaCloudVendor{.name = "alibabacloud-ai-search",
                                 .title = "Alibaba Cloud AI Search",
                                 .task_types = kTasks,
                                 .requests_per_minute = 1000,
                                 .settings = kSettings,
                                 .rerank_task_settings = {},
                                 .embedding_task_settings = {},
                                 .create = &create};

}  // namespace selene::inference
