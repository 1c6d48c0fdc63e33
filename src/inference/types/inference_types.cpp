#include "inference/types/inference_types.h"

#include <array>

namespace selene::inference {
namespace {

constexpr std::array<std::string_view, 6> kNames = {"rerank",     "text_embedding",  "sparse_embedding",
                                                    "completion", "chat_completion", "embedding"};

constexpr std::array<std::string_view, 5> kInputTypes = {"", "ingest", "search", "classification", "clustering"};

}  // namespace

std::string_view input_type_name(InputType type) { return kInputTypes[static_cast<size_t>(type)]; }

base::Result<InputType> parse_input_type(std::string_view name) {
  for (size_t i = 1; i < kInputTypes.size(); ++i) {
    if (kInputTypes[i] == name) return static_cast<InputType>(i);
  }
  return base::Error(base::ErrorCode::kActionRequestValidation,
                     "Validation Failed: 1: Invalid value [{}] received. [input_type] must be one of [ingest, search, "
                     "classification, clustering];",
                     name);
}

std::string_view task_type_name(TaskType type) { return kNames[static_cast<size_t>(type)]; }

base::Result<TaskType> parse_task_type(std::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<TaskType>(i);
  }
  return base::Error(base::ErrorCode::kStatusBadRequest, "Unknown task_type [{}]", name);
}

void EndpointInfo::write_json(base::JsonWriter& out) const {
  out.begin_object();
  out.field("inference_id", inference_id).field("task_type", task_type_name(task_type)).field("service", service);
  out.key("service_settings").raw(service_settings);
  if (task_settings.has_value()) out.key("task_settings").raw(*task_settings);
  if (chunking_settings.has_value()) out.key("chunking_settings").raw(*chunking_settings);
  out.end_object();
}

}  // namespace selene::inference
