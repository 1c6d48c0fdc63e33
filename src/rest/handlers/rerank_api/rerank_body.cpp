#include "rest/handlers/rerank_api/rerank_body.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/format.h"

namespace selene::rest {

using base::JsonType;
using base::JsonValue;

namespace {

RerankBodyError malformed(std::string reason) { return {RerankFault::kMalformed, std::move(reason)}; }

std::optional<RerankBodyError> read_document(JsonValue document, const std::vector<std::string_view>& rank_fields, size_t index,
                                             std::string& text) {
  if (document.is_string()) {
    text = document.as_string();
    return std::nullopt;
  }
  if (!document.is_object())
    return malformed(base::format("invalid request: document at index {} must be a string or an object", index));
  bool found = false;
  for (const std::string_view field : rank_fields) {
    const JsonValue value = document[field];
    if (!value.is_string()) continue;
    if (found) text += '\n';
    text += value.as_string();
    found = true;
  }
  if (found) return std::nullopt;
  return malformed(base::format("invalid request: document at index {} has none of the rank fields as text", index));
}

std::optional<RerankBodyError> read_documents(JsonValue root, std::string_view key, RerankBody& body) {
  const JsonValue documents = root[key];
  if (!documents.is_array()) {
    if (documents.is_null()) return RerankBodyError{RerankFault::kEmpty, base::format("invalid request: `{}` must be given", key)};
    return malformed(base::format("invalid request: `{}` must be a list", key));
  }
  const size_t count = documents.as_array().size();
  if (count == 0) return RerankBodyError{RerankFault::kEmpty, base::format("`{}` cannot be empty", key)};
  if (count > kMaxClientBatchSize)
    return RerankBodyError{RerankFault::kTooMany,
                           base::format("batch size {} > maximum allowed batch size {}", count, kMaxClientBatchSize)};
  std::vector<std::string_view> rank_fields;
  if (const JsonValue fields = root["rank_fields"]; fields.is_array()) {
    for (const JsonValue field : fields.as_array()) {
      if (field.is_string()) rank_fields.push_back(field.as_string());
    }
  }
  if (rank_fields.empty()) rank_fields = {"text"};
  for (const JsonValue document : documents.as_array()) {
    std::string text;
    if (auto fault = read_document(document, rank_fields, body.texts.size(), text)) return fault;
    body.texts.push_back(std::move(text));
    body.documents.push_back(document);
  }
  return std::nullopt;
}

std::optional<RerankBodyError> read_count(JsonValue root, std::string_view key, RerankBody& body) {
  const JsonValue value = root[key];
  if (value.is_null()) return std::nullopt;
  if (value.type() != JsonType::kInt64 || value.as_int64() < 1)
    return malformed(base::format("invalid request: `{}` must be an integer above 0", key));
  body.top_n = static_cast<int32_t>(std::min<int64_t>(value.as_int64(), std::numeric_limits<int32_t>::max()));
  return std::nullopt;
}

std::optional<RerankBodyError> read_flag(JsonValue root, std::string_view key, bool& target) {
  const JsonValue value = root[key];
  if (value.is_null()) return std::nullopt;
  if (!value.is_bool()) return malformed(base::format("invalid request: `{}` must be true or false", key));
  target = value.as_bool();
  return std::nullopt;
}

}  // namespace

std::optional<RerankBodyError> parse_rerank_body(JsonValue root, std::string_view documents_key, RerankBody& body) {
  if (!root.is_object()) return malformed("invalid request: the body must be a JSON object");
  const JsonValue query = root["query"];
  if (!query.is_string() || query.as_string().empty()) return malformed("invalid request: `query` must be a non-empty string");
  body.query = query.as_string();
  if (const JsonValue model = root["model"]; model.is_string()) body.model = model.as_string();
  body.asks_top_k = !root["top_k"].is_null();
  for (const std::string_view key : {"top_n", "top_k"}) {
    if (auto fault = read_count(root, key, body)) return fault;
  }
  if (auto fault = read_flag(root, documents_key == "texts" ? "return_text" : "return_documents", body.return_documents))
    return fault;
  if (auto fault = read_flag(root, "raw_scores", body.raw_scores)) return fault;
  return read_documents(root, documents_key, body);
}

float probability(float score, inference::ScoreKind kind) {
  switch (kind) {
    case inference::ScoreKind::kLogit: return static_cast<float>(1.0 / (1.0 + std::exp(-static_cast<double>(score))));
    case inference::ScoreKind::kCosine: return (1.0F + score) / 2.0F;
    default: return std::clamp(score, 0.0F, 1.0F);
  }
}

}  // namespace selene::rest
