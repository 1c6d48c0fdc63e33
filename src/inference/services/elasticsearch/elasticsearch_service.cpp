#include "inference/services/elasticsearch/elasticsearch_service.h"

#include <array>
#include <utility>

#include "base/format.h"
#include "inference/services/chunking_settings.h"
#include "inference/services/elasticsearch/elasticsearch_endpoint.h"
#include "inference/services/elasticsearch/elasticsearch_settings.h"
#include "inference/services/validation.h"

namespace selene::inference {
namespace {

constexpr std::array<TaskType, 3> kTaskTypes = {TaskType::kTextEmbedding, TaskType::kSparseEmbedding, TaskType::kRerank};
constexpr std::array<TaskType, 1> kElserTaskTypes = {TaskType::kSparseEmbedding};

constexpr std::array<SettingInfo, 8> kSettings = {
    SettingInfo{"model_id", "str", "The model to run.", true, false},
    SettingInfo{"deployment_id", "str", "A running deployment to use instead of one of its own.", false, false},
    SettingInfo{"num_threads", "int", "Threads of each allocation.", true, false},
    SettingInfo{"num_allocations", "int", "The number of allocations; this or adaptive_allocations is needed.", false, false},
    SettingInfo{"adaptive_allocations", "map", "Lets the number of allocations follow the load.", false, false},
    SettingInfo{"tier", "str", "The number type the model is run in: fp32, bf16, int8.", false, false},
    SettingInfo{"long_document_strategy", "str", "rerank: what is done with documents longer than the model: truncate, chunk.",
                false, false},
    SettingInfo{"max_chunks_per_doc", "int", "rerank: chunks of a document that are scored at most.", false, false}};

}  // namespace

std::string_view ElasticsearchService::title() const { return is_elser() ? "ELSER" : "Elasticsearch"; }

std::span<const TaskType> ElasticsearchService::task_types() const {
  if (is_elser()) return kElserTaskTypes;
  return kTaskTypes;
}

std::span<const SettingInfo> ElasticsearchService::settings() const { return kSettings; }

base::Result<std::shared_ptr<Endpoint>> ElasticsearchService::create(const EndpointDefinition& definition,
                                                                     const ServiceContext& context) const {
  Validation validation;
  SettingsReader service_settings(definition.service_settings, "service_settings", validation);
  ElasticsearchSettings settings = is_elser() ? ElasticsearchSettings::parse_elser(service_settings, validation)
                                              : ElasticsearchSettings::parse(definition.task_type, service_settings, validation);
  SettingsReader task_settings(definition.task_settings, "task_settings", validation);
  RerankTaskSettings rerank;
  std::string chunking;
  if (definition.task_type == TaskType::kRerank) {
    rerank = RerankTaskSettings::parse(task_settings, validation);
  } else {
    chunking = read_chunking_settings(definition.chunking_settings, validation);
  }
  RETURN_IF_ERROR(validation.status(base::ErrorCode::kValidation));
  for (const std::string& left : {service_settings.leftovers(), task_settings.leftovers()}) {
    if (!left.empty()) return unknown_settings_error(left, name());
  }
  return std::shared_ptr<Endpoint>(
      std::make_shared<ElasticsearchEndpoint>(definition, std::move(settings), rerank, std::move(chunking), context));
}

}  // namespace selene::inference
