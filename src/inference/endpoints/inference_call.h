#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "inference/types/inference_types.h"

namespace selene::inference {

/// The body of `POST _inference/{id}`, any task type. Views into the parsed body.
struct InferenceCall {
  std::vector<std::string_view> inputs;
  std::optional<std::string_view> query;
  std::optional<int32_t> top_n;
  std::optional<bool> return_documents;
  std::optional<std::string_view> input_type;
  base::JsonValue task_settings;
};

/// Parses and checks the body against the task type. Errors: kXContentParse (unknown field, wrong type), kActionRequestValidation
/// (`Validation Failed: 1: Field [query] cannot be null for task type [rerank];`).
base::Result<InferenceCall> parse_inference_call(base::JsonValue body, TaskType task_type);

}  // namespace selene::inference
