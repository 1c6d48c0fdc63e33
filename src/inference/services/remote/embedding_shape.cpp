#include "inference/services/remote/embedding_shape.h"

#include <algorithm>

#include "inference/services/remote/vendor_json.h"

namespace selene::inference {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;

Result<std::string> embedding_body(const EmbeddingShape& shape, const std::optional<std::string>& model,
                                   const EmbeddingCall& call) {
  base::JsonWriter out;
  out.begin_object();
  if (model.has_value() && !shape.model_key.empty()) out.field(shape.model_key, *model);
  write_strings(out, "input", call.inputs);
  for (const auto& [key, text] : shape.fixed) out.field(key, text);
  if (!shape.input_type_key.empty()) {
    InputType type = call.input_type;
    if (const JsonValue stored = call.task_settings["input_type"]; type == InputType::kUnspecified && stored.is_string()) {
      ASSIGN_OR_RETURN(type, parse_input_type(stored.as_string()));
    }
    const auto known =
        std::find_if(shape.input_types.begin(), shape.input_types.end(), [&](const auto& entry) { return entry.first == type; });
    if (known != shape.input_types.end()) out.field(shape.input_type_key, known->second);
  }
  if (call.dimensions.has_value() && !shape.dimensions_key.empty()) out.field(shape.dimensions_key, *call.dimensions);
  for (const std::string_view key : shape.passed_on) {
    if (const JsonValue value = call.task_settings[key]; !value.is_null()) out.field(key, value);
  }
  return out.end_object().take();
}

Result<std::vector<std::vector<float>>> parse_indexed_vectors(std::string_view body, std::string_view service) {
  ASSIGN_OR_RETURN(const base::JsonDocument document, parse_answer(body, service));
  const JsonValue data = document.root()["data"];
  if (!data.is_array()) return missing_field("data", service, "embeddings");
  std::vector<std::vector<float>> vectors(data.as_array().size());
  size_t position = 0;
  for (const JsonValue element : data.as_array()) {
    const JsonValue index = element["index"];
    const int64_t at = index.type() == base::JsonType::kInt64 ? index.as_int64() : static_cast<int64_t>(position);
    ++position;
    if (at < 0 || at >= static_cast<int64_t>(vectors.size()) || !vectors[static_cast<size_t>(at)].empty()) {
      return Error(ErrorCode::kStatusBadRequest, "Failed to parse the response of {}: [index] [{}] is out of range or a repetition",
                   service, at);
    }
    ASSIGN_OR_RETURN(vectors[static_cast<size_t>(at)], read_vector(element["embedding"], service));
  }
  return vectors;
}

Result<net::ClientRequest> ShapedEmbeddingModel::embedding_request(const EmbeddingCall& call) const {
  ASSIGN_OR_RETURN(std::string body, embedding_body(shape_, settings_.model_id, call));
  return json_post(settings_.url.value_or(std::string(shape_.default_url)), settings_.api_key, std::move(body));
}

Result<std::vector<std::vector<float>>> ShapedEmbeddingModel::parse_text_embedding(std::string_view body) const {
  return parse_indexed_vectors(body, shape_.service);
}

}  // namespace selene::inference
