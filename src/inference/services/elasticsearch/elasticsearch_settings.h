#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "inference/services/validation.h"
#include "inference/types/inference_types.h"
#include "models/runtime/encoder.h"

namespace selene::inference {

/// Grows and shrinks the number of allocations with the load, between the bounds.
struct AdaptiveAllocations {
  bool enabled = false;
  std::optional<int32_t> min_number_of_allocations;
  std::optional<int32_t> max_number_of_allocations;
};

/// What a rerank endpoint gives as `relevance_score`.
enum class ScoreScale : uint8_t { kLogit, kProbability };

/// `task_settings` of a rerank endpoint, or of one call of it. An addition to Elasticsearch: `score`.
struct RerankTaskSettings {
  std::optional<bool> return_documents;
  std::optional<ScoreScale> score;

  /// Takes the keys from `settings`; faults go to `validation`.
  static RerankTaskSettings parse(SettingsReader& settings, Validation& validation);
  std::string to_json() const;
};

struct ElasticsearchSettings {
  std::string model_id;  ///< empty if only `deployment_id` is given
  std::optional<std::string> deployment_id;
  int32_t num_threads = 1;
  std::optional<int32_t> num_allocations;
  std::optional<models::Tier> tier;  ///< number type; absent: the server's setting. An addition to Elasticsearch
  std::optional<AdaptiveAllocations> adaptive_allocations;
  std::optional<std::string> long_document_strategy;  ///< rerank
  std::optional<int32_t> max_chunks_per_doc;          ///< rerank, with the strategy `chunk`
  std::optional<std::string> similarity;              ///< text_embedding
  std::optional<int32_t> dimensions;                  ///< text_embedding, as the loaded model says

  /// Takes the keys from `settings`; faults go to `validation`.
  static ElasticsearchSettings parse(TaskType task_type, SettingsReader& settings, Validation& validation);
  /// The alias service `elser`: the model may be left out.
  static ElasticsearchSettings parse_elser(SettingsReader& settings, Validation& validation);
  /// As GET shows them.
  std::string to_json() const;
};

}  // namespace selene::inference
