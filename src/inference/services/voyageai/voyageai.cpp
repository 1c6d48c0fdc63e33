#include "inference/services/voyageai/voyageai.h"

#include <array>

#include "inference/services/remote/rerank_shape.h"

namespace selene::inference {
namespace {

constexpr std::array<TaskType, 1> kTasks = {TaskType::kRerank};
constexpr std::array<std::string_view, 1> kPassedOn = {"truncation"};
constexpr RerankShape kShape{.service = "Voyage AI",
                             .default_url = "https://api.voyageai.com/v1/rerank",
                             .top_n_key = "top_k",
                             .passed_on = kPassedOn,
                             .results_key = "data"};

constexpr std::array<SettingInfo, 4> kSettings = {kApiKeyInfo, kModelIdInfo, kUrlInfo, kRateLimitInfo};
constexpr std::array<TaskSetting, 3> kTaskSettings = {
    {{"top_k", TaskSettingType::kPositive}, {"return_documents", TaskSettingType::kBool}, {"truncation", TaskSettingType::kBool}}};

std::unique_ptr<VendorModel> create(TaskType, DefinitionSource, SettingsReader& settings, Validation& validation) {
  return std::make_unique<ShapedRerankModel>(kShape,
                                             read_keyed_settings(settings, Presence::kRequired, Presence::kOptional, validation));
}

}  // namespace

const Vendor kVoyageAiVendor{.name = "voyageai",
                             .title = "Voyage AI",
                             .task_types = kTasks,
                             .requests_per_minute = 2000,
                             .settings = kSettings,
                             .rerank_task_settings = kTaskSettings,
                             .embedding_task_settings = {},
                             .top_n_setting = "top_k",
                             .create = &create};

}  // namespace selene::inference
