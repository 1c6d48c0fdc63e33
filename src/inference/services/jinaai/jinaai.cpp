#include "inference/services/jinaai/jinaai.h"

#include <array>

#include "inference/services/remote/rerank_shape.h"

namespace selene::inference {
namespace {

constexpr std::array<TaskType, 1> kTasks = {TaskType::kRerank};
constexpr RerankShape kShape{.service = "Jina AI", .default_url = "https://api.jina.ai/v1/rerank"};

constexpr std::array<SettingInfo, 4> kSettings = {kApiKeyInfo, kModelIdInfo, kUrlInfo, kRateLimitInfo};
constexpr std::array<TaskSetting, 2> kTaskSettings = {
    {{"top_n", TaskSettingType::kPositive}, {"return_documents", TaskSettingType::kBool}}};

std::unique_ptr<VendorModel> create(TaskType, DefinitionSource, SettingsReader& settings, Validation& validation) {
  return std::make_unique<ShapedRerankModel>(kShape,
                                             read_keyed_settings(settings, Presence::kRequired, Presence::kOptional, validation));
}

}  // namespace

const Vendor kJinaAiVendor{.name = "jinaai",
                           .title = "Jina AI",
                           .task_types = kTasks,
                           .requests_per_minute = 2000,
                           .settings = kSettings,
                           .rerank_task_settings = kTaskSettings,
                           .embedding_task_settings = {},
                           .top_n_setting = "top_n",
                           .create = &create};

}  // namespace selene::inference
