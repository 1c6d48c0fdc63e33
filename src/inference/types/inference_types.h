#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_writer.h"
#include "base/result.h"

namespace selene::inference {

enum class TaskType : uint8_t { kRerank, kTextEmbedding, kSparseEmbedding, kCompletion, kChatCompletion, kEmbedding };
std::string_view task_type_name(TaskType type);
/// Errors: kStatusBadRequest `Unknown task_type [bad]`.
base::Result<TaskType> parse_task_type(std::string_view name);

/// One document's score; `index` into the inputs.
struct RankedDoc {
  int32_t index = 0;
  float relevance_score = 0;
};

/// Inputs of a rerank call made by the server itself (text_similarity_reranker) or by POST _inference.
struct RerankRequest {
  std::string query;
  std::vector<std::string_view> inputs;  ///< valid during the call
  std::optional<int32_t> top_n;
  std::chrono::milliseconds timeout{30000};
};

/// What GET _inference shows of one endpoint; never a secret.
struct EndpointInfo {
  std::string inference_id;
  TaskType task_type = TaskType::kRerank;
  std::string service;
  std::string service_settings;              ///< JSON object text
  std::optional<std::string> task_settings;  ///< JSON object text
  std::optional<std::string> chunking_settings;
  void write_json(base::JsonWriter& out) const;
};

/// What a retriever must know of a rerank endpoint before it searches.
struct RerankEndpointTraits {
  std::optional<int32_t> configured_top_n;  ///< task_settings.top_n
  int32_t window_words = 300;               ///< for chunk_rescorer defaults
};

}  // namespace selene::inference
