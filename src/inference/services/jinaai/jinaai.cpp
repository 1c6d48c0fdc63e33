#include "inference/services/jinaai/jinaai.h"

#include <array>

#include "inference/services/remote/embedding_shape.h"

namespace selene::inference {
namespace {

constexpr std::array<TaskType, 2> kTasks = {TaskType::kTextEmbedding, TaskType::kRerank};
constexpr RerankShape kShape{.service = "Jina AI", .default_url = "https://api.jina.ai/v1/rerank"};
constexpr std::array<std::pair<InputType, std::string_view>, 4> kInputTypes = {{{InputType::kIngest, "retrieval.passage"},
                                                                                {InputType::kSearch, "retrieval.query"},
                                                                                {InputType::kClassification, "classification"},
                                                                                {InputType::kClustering, "separation"}}};
constexpr std::array<std::pair<std::string_view, std::string_view>, 1> kFixed = {{{"embedding_type", "float"}}};
constexpr EmbeddingShape kEmbedding{.service = "Jina AI",
                                    .default_url = "https://api.jina.ai/v1/embeddings",
                                    .max_inputs = 16,
                                    .dimensions_key = "dimensions",
                                    .input_type_key = "task",
                                    .input_types = kInputTypes,
                                    .fixed = kFixed};

constexpr std::array<SettingInfo, 4> kSettings = {kApiKeyInfo, kModelIdInfo, kUrlInfo, kRateLimitInfo};
constexpr std::array<TaskSetting, 2> kTaskSettings = {
    {{"top_n", TaskSettingType::kPositive}, {"return_documents", TaskSettingType::kBool}}};

constexpr std::array<TaskSetting, 1> kEmbeddingTaskSettings = {{{"input_type", TaskSettingType::kString, kInputTypeWords}}};

std::unique_ptr<VendorModel> create(TaskType task, DefinitionSource, SettingsReader& settings, Validation& validation) {
  KeyedSettings keyed = read_keyed_settings(settings, Presence::kRequired, Presence::kOptional, validation);
  if (task == TaskType::kRerank) return std::make_unique<ShapedRerankModel>(kShape, std::move(keyed));
  return std::make_unique<ShapedEmbeddingModel>(kEmbedding, std::move(keyed));
}

}  // namespace

const Vendor kJinaAiVendor{.name = "jinaai",
                           .title = "Jina AI",
                           .task_types = kTasks,
                           .requests_per_minute = 2000,
                           .settings = kSettings,
                           .rerank_task_settings = kTaskSettings,
                           .embedding_task_settings = kEmbeddingTaskSettings,
                           .top_n_setting = "top_n",
                           .create = &create};

}  // namespace selene::inference
