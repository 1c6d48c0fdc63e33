#include "inference/services/elasticsearch/elasticsearch_service.h"

#include <array>
#include <utility>

#include "base/format.h"
#include "inference/services/elasticsearch/elasticsearch_endpoint.h"
#include "inference/services/elasticsearch/elasticsearch_settings.h"
#include "inference/services/validation.h"

namespace selene::inference {
namespace {

constexpr std::array<TaskType, 1> kTaskTypes = {TaskType::kRerank};

}  // namespace

std::span<const TaskType> ElasticsearchService::task_types() const { return kTaskTypes; }

base::Result<std::shared_ptr<Endpoint>> ElasticsearchService::create(const EndpointDefinition& definition,
                                                                     const ServiceContext& context) const {
  Validation validation;
  SettingsReader service_settings(definition.service_settings, "service_settings", validation);
  ElasticsearchSettings settings = ElasticsearchSettings::parse(service_settings, validation);
  SettingsReader task_settings(definition.task_settings, "task_settings", validation);
  const bool return_documents = task_settings.optional_bool("return_documents").value_or(true);
  RETURN_IF_ERROR(validation.status(base::ErrorCode::kValidation));
  for (const std::string& left : {service_settings.leftovers(), task_settings.leftovers()}) {
    if (!left.empty()) return unknown_settings_error(left, name());
  }
  return std::shared_ptr<Endpoint>(
      std::make_shared<ElasticsearchEndpoint>(definition, std::move(settings), return_documents, context));
}

}  // namespace selene::inference
