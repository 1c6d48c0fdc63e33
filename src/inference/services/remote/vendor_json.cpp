#include "inference/services/remote/vendor_json.h"

#include <cmath>

#include "base/format.h"

namespace selene::inference {

using base::Error;
using base::ErrorCode;
using base::JsonType;
using base::JsonValue;
using base::Result;

namespace {

constexpr size_t kMaxAnswerDepth = 64;

Error malformed(std::string_view service, std::string_view problem) {
  return Error(ErrorCode::kStatusBadRequest, "Failed to parse the response of {}: {}", service, problem);
}

}  // namespace

net::ClientRequest json_post(std::string url, std::string_view bearer_key, std::string body) {
  net::ClientRequest request;
  request.method = "POST";
  request.url = std::move(url);
  request.headers.add("Content-Type", "application/json");
  if (!bearer_key.empty()) request.headers.add("Authorization", "Bearer " + std::string(bearer_key));
  request.body = std::move(body);
  return request;
}

void write_strings(base::JsonWriter& out, std::string_view key, std::span<const std::string_view> values) {
  out.key(key).begin_array();
  for (const std::string_view value : values) out.value(value);
  out.end_array();
}

Result<base::JsonDocument> parse_answer(std::string_view body, std::string_view service) {
  auto document = base::JsonDocument::parse(body, kMaxAnswerDepth);
  if (!document.has_value()) return malformed(service, "it is no JSON text");
  return document;
}

Error missing_field(std::string_view field, std::string_view service, std::string_view task) {
  return Error(ErrorCode::kStatusBadRequest, "Failed to find required field [{}] in {} {} response", field, service, task);
}

Result<std::vector<RankedDoc>> read_ranked_docs(JsonValue array, std::string_view index_key, std::string_view score_key,
                                                size_t num_documents, std::string_view service) {
  if (!array.is_array()) return malformed(service, "the results are no array");
  std::vector<RankedDoc> docs;
  std::vector<bool> seen(num_documents, false);
  for (const JsonValue element : array.as_array()) {
    const JsonValue index = element[index_key];
    const JsonValue score = element[score_key];
    if (!index.exists()) return missing_field(index_key, service, "rerank");
    if (!score.exists()) return missing_field(score_key, service, "rerank");
    if (index.type() != JsonType::kInt64 || index.as_int64() < 0 || static_cast<size_t>(index.as_int64()) >= num_documents)
      return malformed(service, base::format("[{}] of a result is not one of the [{}] documents sent", index_key, num_documents));
    if (!score.is_number() || !std::isfinite(static_cast<float>(score.as_double())))
      return malformed(service, base::format("[{}] of a result is no finite number", score_key));
    const auto at = static_cast<size_t>(index.as_int64());
    if (seen[at]) return malformed(service, base::format("[{}] [{}] stands twice", index_key, at));
    seen[at] = true;
    docs.push_back({static_cast<int32_t>(at), static_cast<float>(score.as_double())});
  }
  return docs;
}

Result<std::vector<float>> read_vector(JsonValue array, std::string_view service) {
  if (!array.is_array()) return malformed(service, "an embedding is no array of numbers");
  std::vector<float> vector;
  for (const JsonValue element : array.as_array()) {
    if (!element.is_number() || !std::isfinite(static_cast<float>(element.as_double())))
      return malformed(service, "an embedding holds something that is no finite number");
    vector.push_back(static_cast<float>(element.as_double()));
  }
  if (vector.empty()) return malformed(service, "an embedding is empty");
  return vector;
}

Result<std::vector<std::vector<float>>> read_vectors(JsonValue array, std::string_view service) {
  if (!array.is_array()) return malformed(service, "the embeddings are no array");
  std::vector<std::vector<float>> vectors;
  for (const JsonValue element : array.as_array()) {
    ASSIGN_OR_RETURN(auto vector, read_vector(element, service));
    vectors.push_back(std::move(vector));
  }
  return vectors;
}

std::string merge_objects(JsonValue under, JsonValue over) {
  base::JsonWriter out;
  out.begin_object();
  if (under.is_object()) {
    for (const auto [key, value] : under.as_object()) {
      if (!over[key].exists()) out.field(key, value);
    }
  }
  if (over.is_object()) {
    for (const auto [key, value] : over.as_object()) out.field(key, value);
  }
  return out.end_object().take();
}

}  // namespace selene::inference
