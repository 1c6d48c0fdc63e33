#include "inference/services/openshift_ai/openshift_ai.h"

#include <array>

#include "inference/services/remote/rerank_shape.h"

namespace selene::inference {
namespace {

constexpr std::array<TaskType, 1> kTasks = {TaskType::kRerank};
constexpr RerankShape kShape{.service = "OpenShift AI", .default_url = ""};

constexpr std::array<SettingInfo, 4> kSettings = {
    kApiKeyInfo, SettingInfo{"model_id", "str", "The name of the model to use.", false, false},
    SettingInfo{"url", "str", "The URL of the request.", true, false}, kRateLimitInfo};
constexpr std::array<TaskSetting, 2> kTaskSettings = {
    {{"top_n", TaskSettingType::kPositive}, {"return_documents", TaskSettingType::kBool}}};

std::unique_ptr<VendorModel> create(TaskType, DefinitionSource, SettingsReader& settings, Validation& validation) {
  return std::make_unique<ShapedRerankModel>(kShape,
                                             read_keyed_settings(settings, Presence::kOptional, Presence::kRequired, validation));
}

}  // namespace

const Vendor kOpenShiftAiVendor{.name = "openshift_ai",
                                .title = "OpenShift AI",
                                .task_types = kTasks,
                                .requests_per_minute = 3000,
                                .settings = kSettings,
                                .rerank_task_settings = kTaskSettings,
                                .embedding_task_settings = {},
                                .top_n_setting = "top_n",
                                .create = &create};

}  // namespace selene::inference
