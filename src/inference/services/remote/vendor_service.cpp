#include "inference/services/remote/vendor_service.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/format.h"
#include "inference/services/chunking_settings.h"
#include "inference/services/remote/remote_endpoint.h"

namespace selene::inference {
namespace {

int32_t read_rate_limit(SettingsReader& settings, int32_t fallback, Validation& validation) {
  const base::JsonValue object = settings.optional_object("rate_limit");
  if (!object.exists()) return fallback;
  SettingsReader reader(object, "service_settings", validation);
  const int32_t rate = reader.optional_positive("requests_per_minute").value_or(fallback);
  if (const std::string left = reader.leftovers(); !left.empty())
    validation.add(base::format("[service_settings] rate_limit contains unknown settings [{}]", left));
  return rate;
}

EmbeddingSettings read_embedding_settings(const EndpointDefinition& definition, SettingsReader& settings, Validation& validation) {
  EmbeddingSettings read;
  if (definition.task_type == TaskType::kRerank) return read;
  read.max_input_tokens = settings.optional_positive("max_input_tokens");
  if (definition.task_type != TaskType::kTextEmbedding) return read;
  read.dimensions = settings.optional_positive("dimensions");
  read.similarity = settings.optional_string("similarity");
  constexpr std::array<std::string_view, 3> kSimilarities = {"cosine", "dot_product", "l2_norm"};
  if (read.similarity.has_value() && std::find(kSimilarities.begin(), kSimilarities.end(), *read.similarity) == kSimilarities.end())
    validation.add(
        base::format("[service_settings] Invalid value [{}] received. [similarity] must be one of [cosine, dot_product, l2_norm]",
                     *read.similarity));
  if (definition.source == DefinitionSource::kRequest) return read;
  if (!settings.optional_bool("dimensions_set_by_user").value_or(false))
    read.learned_dimensions = std::exchange(read.dimensions, {});
  return read;
}

}  // namespace

base::Result<std::shared_ptr<Endpoint>> VendorService::create(const EndpointDefinition& definition,
                                                              const ServiceContext& context) const {
  Validation validation;
  SettingsReader service_settings(definition.service_settings, "service_settings", validation);
  std::unique_ptr<VendorModel> model = vendor_.create(definition.task_type, definition.source, service_settings, validation);
  EmbeddingSettings embedding = read_embedding_settings(definition, service_settings, validation);
  const int32_t requests_per_minute = read_rate_limit(service_settings, vendor_.requests_per_minute, validation);
  SettingsReader task_settings(definition.task_settings, "task_settings", validation);
  std::string task = read_task_settings(
      task_settings, definition.task_type == TaskType::kRerank ? vendor_.rerank_task_settings : vendor_.embedding_task_settings);
  std::string chunking;
  if (definition.task_type != TaskType::kRerank) chunking = read_chunking_settings(definition.chunking_settings, validation);
  RETURN_IF_ERROR(validation.status(base::ErrorCode::kValidation));
  for (const std::string& left : {service_settings.leftovers(), task_settings.leftovers()}) {
    if (!left.empty()) return unknown_settings_error(left, name());
  }
  return std::shared_ptr<Endpoint>(std::make_shared<RemoteEndpoint>(vendor_, definition, std::move(model), std::move(embedding),
                                                                    requests_per_minute, std::move(task), std::move(chunking),
                                                                    context));
}

}  // namespace selene::inference
