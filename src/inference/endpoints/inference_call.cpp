#include "inference/endpoints/inference_call.h"

#include <algorithm>
#include <limits>

#include "base/format.h"
#include "inference/services/validation.h"

namespace selene::inference {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonType;
using base::JsonValue;
using base::Status;

Error field_error(std::string_view key, std::string_view problem) {
  return Error(ErrorCode::kXContentParse, "[_inference] failed to parse field [{}]: {}", key, problem);
}

/// A string, or {"type":"text","value":"..."}; a missing value for anything else.
JsonValue text_of(JsonValue value) {
  if (value.is_string()) return value;
  const bool is_text = value.is_object() && value.as_object().size() == 2 && value["type"].is_string() &&
                       value["type"].as_string() == "text" && value["value"].is_string();
  return is_text ? value["value"] : JsonValue();
}

Status read_inputs(JsonValue value, std::vector<std::string_view>& inputs) {
  if (const JsonValue text = text_of(value); text.exists()) {
    inputs.push_back(text.as_string());
    return {};
  }
  if (!value.is_array())
    return field_error("input", base::format("expected a string or an array of strings but found [{}]", java_text(value)));
  for (const JsonValue element : value.as_array()) {
    const JsonValue text = text_of(element);
    if (!text.exists()) return field_error("input", base::format("expected a string but found [{}]", java_text(element)));
    inputs.push_back(text.as_string());
  }
  return {};
}

Status read_field(std::string_view key, JsonValue value, InferenceCall& call, bool& has_input) {
  if (value.is_null()) return {};
  if (key == "input") {
    has_input = true;
    return read_inputs(value, call.inputs);
  }
  if (key == "query") {
    const JsonValue text = text_of(value);
    if (!text.exists()) return field_error(key, base::format("expected a string but found [{}]", java_text(value)));
    call.query = text.as_string();
  } else if (key == "input_type" || key == "timeout") {
    if (!value.is_string()) return field_error(key, base::format("expected a string but found [{}]", java_text(value)));
    if (key == "input_type") call.input_type = value.as_string();  // whoever sets the timeout reads it there
  } else if (key == "top_n") {
    if (value.type() != JsonType::kInt64 || value.as_int64() > std::numeric_limits<int32_t>::max()) {
      return field_error(key, base::format("expected an integer but found [{}]", java_text(value)));
    }
    call.top_n = static_cast<int32_t>(std::max<int64_t>(value.as_int64(), std::numeric_limits<int32_t>::min()));
  } else if (key == "return_documents") {
    if (!value.is_bool()) return field_error(key, base::format("expected a boolean but found [{}]", java_text(value)));
    call.return_documents = value.as_bool();
  } else if (key == "task_settings") {
    if (!value.is_object()) return field_error(key, base::format("expected an object but found [{}]", java_text(value)));
    call.task_settings = value;
  } else {
    return Error(ErrorCode::kXContentParse, "[_inference] unknown field [{}]", key);
  }
  return {};
}

/// What the task type needs and what it forbids.
void validate(const InferenceCall& call, bool has_input, TaskType task_type, Validation& validation) {
  const std::string_view task = task_type_name(task_type);
  if (!has_input) {
    validation.add("Field [input] cannot be null");
  } else if (call.inputs.empty()) {
    validation.add("Field [input] cannot be an empty array");
  }
  if (task_type == TaskType::kRerank) {
    if (!call.query.has_value()) {
      validation.add(base::format("Field [query] cannot be null for task type [{}]", task));
    } else if (call.query->empty()) {
      validation.add(base::format("Field [query] cannot be empty for task type [{}]", task));
    }
    if (call.top_n.has_value() && *call.top_n < 1)
      validation.add(base::format("Field [top_n] must be a positive integer, found [{}]", *call.top_n));
    if (call.input_type.has_value())
      validation.add(base::format("Field [input_type] cannot be specified for task type [{}]", task));
    return;
  }
  if (call.query.has_value()) validation.add(base::format("Field [query] cannot be specified for task type [{}]", task));
  if (call.top_n.has_value()) validation.add(base::format("Field [top_n] cannot be specified for task type [{}]", task));
  if (call.return_documents.has_value())
    validation.add(base::format("Field [return_documents] cannot be specified for task type [{}]", task));
  if (call.input_type.has_value() && task_type != TaskType::kTextEmbedding)
    validation.add(base::format("Field [input_type] cannot be specified for task type [{}]", task));
}

}  // namespace

base::Result<InferenceCall> parse_inference_call(JsonValue body, TaskType task_type) {
  InferenceCall call;
  bool has_input = false;
  if (body.exists()) {
    if (!body.is_object()) return Error(ErrorCode::kXContentParse, std::string("[_inference] expected an object as request body"));
    for (const auto [key, value] : body.as_object()) RETURN_IF_ERROR(read_field(key, value, call, has_input));
  }
  Validation validation;
  validate(call, has_input, task_type, validation);
  RETURN_IF_ERROR(validation.status(ErrorCode::kActionRequestValidation));
  return call;
}

}  // namespace selene::inference
