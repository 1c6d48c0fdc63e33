#include "inference/services/mistral/mistral.h"

#include <array>

#include "inference/services/remote/embedding_shape.h"

namespace selene::inference {
namespace {

constexpr std::array<TaskType, 1> kTasks = {TaskType::kTextEmbedding};
constexpr std::array<std::pair<std::string_view, std::string_view>, 1> kFixed = {{{"encoding_format", "float"}}};
constexpr EmbeddingShape kShape{
    .service = "Mistral", .default_url = "https://api.mistral.ai/v1/embeddings", .max_inputs = 512, .fixed = kFixed};

std::unique_ptr<VendorModel> create(TaskType, DefinitionSource, SettingsReader& settings, Validation& validation) {
  KeyedSettings read;
  read.model_name = "model";  // as in Elasticsearch
  read.api_key = settings.required_string("api_key");
  read.model_id = settings.required_string("model");
  read.url = settings.optional_string("url");
  check_url(read.url, validation);
  return std::make_unique<ShapedEmbeddingModel>(kShape, std::move(read));
}

constexpr std::array<SettingInfo, 4> kSettings = {
    kApiKeyInfo, SettingInfo{"model", "str", "The name of the model to use.", true, false}, kUrlInfo, kRateLimitInfo};

}  // namespace

const Vendor kMistralVendor{.name = "mistral",
                            .title = "Mistral",
                            .task_types = kTasks,
                            .requests_per_minute = 240,
                            .settings = kSettings,
                            .rerank_task_settings = {},
                            .embedding_task_settings = {},
                            .create = &create};

}  // namespace selene::inference
