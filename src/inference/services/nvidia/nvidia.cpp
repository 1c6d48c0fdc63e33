#include "inference/services/nvidia/nvidia.h"

#include <array>
#include <utility>

#include "inference/services/remote/rerank_shape.h"
#include "inference/services/remote/vendor_json.h"

namespace selene::inference {
namespace {

using base::JsonValue;
using base::Result;

constexpr std::string_view kUrl = "https://ai.api.nvidia.com/v1/retrieval/nvidia/reranking";
constexpr RerankShape kShape{.service = "NVIDIA", .default_url = kUrl, .results_key = "rankings", .score_key = "logit"};

class NvidiaModel final : public VendorModel {
 public:
  explicit NvidiaModel(KeyedSettings settings) : settings_(std::move(settings)) {}
  void write_settings(base::JsonWriter& out) const override { settings_.write(out); }
  void write_secrets(base::JsonWriter& out) const override { out.field("api_key", settings_.api_key); }
  std::vector<std::string> secret_values() const override { return {settings_.api_key}; }

  Result<net::ClientRequest> rerank_request(const RerankCall& call) const override {
    base::JsonWriter out;
    out.begin_object().field("model", *settings_.model_id);
    out.key("query").begin_object().field("text", call.query).end_object().key("passages").begin_array();
    for (const std::string_view document : call.documents) out.begin_object().field("text", document).end_object();
    out.end_array();
    if (const JsonValue truncate = call.task_settings["truncate"]; truncate.is_string()) out.field("truncate", truncate);
    return json_post(settings_.url.value_or(std::string(kUrl)), settings_.api_key, out.end_object().take());
  }
  Result<std::vector<RankedDoc>> parse_rerank(std::string_view body, size_t num_documents) const override {
    return parse_rerank_answer(kShape, body, num_documents);
  }
  size_t max_documents() const override { return 512; }

 private:
  const KeyedSettings settings_;
};

std::unique_ptr<VendorModel> create(TaskType, DefinitionSource, SettingsReader& settings, Validation& validation) {
  return std::make_unique<NvidiaModel>(read_keyed_settings(settings, Presence::kRequired, Presence::kOptional, validation));
}

constexpr std::array<TaskType, 1> kTasks = {TaskType::kRerank};
constexpr std::array<SettingInfo, 4> kSettings = {kApiKeyInfo, kModelIdInfo, kUrlInfo, kRateLimitInfo};
constexpr std::array<std::string_view, 3> kTruncations = {"end", "none", "start"};
constexpr std::array<TaskSetting, 3> kTaskSettings = {{{"top_n", TaskSettingType::kPositive},
                                                       {"return_documents", TaskSettingType::kBool},
                                                       {"truncate", TaskSettingType::kString, kTruncations}}};

}  // namespace

const Vendor kNvidiaVendor{.name = "nvidia",
                           .title = "NVIDIA",
                           .task_types = kTasks,
                           .requests_per_minute = 3000,
                           .settings = kSettings,
                           .rerank_task_settings = kTaskSettings,
                           .embedding_task_settings = {},
                           .create = &create};

}  // namespace selene::inference
