#include "inference/services/voyageai/voyageai.h"

#include <array>

#include "inference/services/remote/embedding_shape.h"

namespace selene::inference {
namespace {

constexpr std::array<TaskType, 2> kTasks = {TaskType::kTextEmbedding, TaskType::kRerank};
constexpr std::array<std::string_view, 1> kPassedOn = {"truncation"};
constexpr RerankShape kShape{.service = "Voyage AI",
                             .default_url = "https://api.voyageai.com/v1/rerank",
                             .top_n_key = "top_k",
                             .passed_on = kPassedOn,
                             .results_key = "data"};

constexpr std::array<std::pair<InputType, std::string_view>, 2> kInputTypes = {
    {{InputType::kIngest, "document"}, {InputType::kSearch, "query"}}};
constexpr EmbeddingShape kEmbedding{.service = "Voyage AI",
                                    .default_url = "https://api.voyageai.com/v1/embeddings",
                                    .dimensions_key = "output_dimension",
                                    .input_type_key = "input_type",
                                    .input_types = kInputTypes,
                                    .passed_on = kPassedOn};

constexpr std::array<SettingInfo, 4> kSettings = {kApiKeyInfo, kModelIdInfo, kUrlInfo, kRateLimitInfo};
constexpr std::array<TaskSetting, 3> kTaskSettings = {
    {{"top_k", TaskSettingType::kPositive}, {"return_documents", TaskSettingType::kBool}, {"truncation", TaskSettingType::kBool}}};

constexpr std::array<std::string_view, 2> kInputTypeWordsOfVoyage = {"ingest", "search"};
constexpr std::array<TaskSetting, 2> kEmbeddingTaskSettings = {
    {{"input_type", TaskSettingType::kString, kInputTypeWordsOfVoyage}, {"truncation", TaskSettingType::kBool}}};

std::unique_ptr<VendorModel> create(TaskType task, DefinitionSource, SettingsReader& settings, Validation& validation) {
  KeyedSettings keyed = read_keyed_settings(settings, Presence::kRequired, Presence::kOptional, validation);
  if (task == TaskType::kRerank) return std::make_unique<ShapedRerankModel>(kShape, std::move(keyed));
  return std::make_unique<ShapedEmbeddingModel>(kEmbedding, std::move(keyed));
}

}  // namespace

const Vendor kVoyageAiVendor{.name = "voyageai",
                             .title = "Voyage AI",
                             .task_types = kTasks,
                             .requests_per_minute = 2000,
                             .settings = kSettings,
                             .rerank_task_settings = kTaskSettings,
                             .embedding_task_settings = kEmbeddingTaskSettings,
                             .top_n_setting = "top_k",
                             .create = &create};

}  // namespace selene::inference
