#include "inference/services/contextualai/contextualai.h"

#include <array>

#include "inference/services/remote/rerank_shape.h"

namespace selene::inference {
namespace {

constexpr std::array<TaskType, 1> kTasks = {TaskType::kRerank};
constexpr std::array<std::string_view, 1> kPassedOn = {"instruction"};
constexpr RerankShape kShape{.service = "Contextual AI",
                             .default_url = "https://api.contextual.ai/v1/rerank",
                             .return_documents_key = "",
                             .passed_on = kPassedOn};

constexpr std::array<SettingInfo, 4> kSettings = {kApiKeyInfo, kModelIdInfo, kUrlInfo, kRateLimitInfo};
constexpr std::array<TaskSetting, 2> kTaskSettings = {
    {{"instruction", TaskSettingType::kString}, {"top_k", TaskSettingType::kPositive}}};

std::unique_ptr<VendorModel> create(TaskType, DefinitionSource, SettingsReader& settings, Validation& validation) {
  return std::make_unique<ShapedRerankModel>(kShape,
                                             read_keyed_settings(settings, Presence::kRequired, Presence::kOptional, validation));
}

}  // namespace

const Vendor kContextualAiVendor{.name = "contextualai",
                                 .title = "Contextual AI",
                                 .task_types = kTasks,
                                 .requests_per_minute = 1000,
                                 .settings = kSettings,
                                 .rerank_task_settings = kTaskSettings,
                                 .embedding_task_settings = {},
                                 .top_n_setting = "top_k",
                                 .create = &create};

}  // namespace selene::inference
