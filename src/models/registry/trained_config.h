#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/json/json_writer.h"
#include "base/result.h"
#include "models/registry/trained_tokenization.h"

namespace selene::models {

/// What a trained model is for, by the key of its inference_config. Only the first three are run; the others are kept and shown.
enum class TrainedTask : uint8_t {
  kTextSimilarity,
  kTextEmbedding,
  kTextExpansion,
  kPassThrough,
  kTextClassification,
  kNer,
  kFillMask,
  kZeroShotClassification,
  kQuestionAnswering,
};
std::string_view trained_task_name(TrainedTask task);
bool can_run(TrainedTask task);

/// Whether a shown config holds what the server made up (create_time, location, ...).
enum class Generated : uint8_t { kShow, kOmit };

/// A trained model as PUT _ml/trained_models/{id} describes it. A value.
struct TrainedConfig {
  std::string model_id;
  std::string description;
  std::vector<std::string> tags;
  std::string metadata;               ///< JSON object; empty: none
  std::string platform_architecture;  ///< empty: none
  std::optional<std::string> search_prefix, ingest_prefix;
  std::vector<std::string> input_fields;
  TrainedTask task = TrainedTask::kTextSimilarity;
  TokenizationConfig tokenization;
  std::optional<std::string> results_field;
  SpanScores span_scores = SpanScores::kMax;
  std::optional<int64_t> embedding_size;
  std::optional<std::string> expansion_type;
  std::string other_options;  ///< JSON object: options of tasks that are not run
  bool from_folder = false;   ///< a model of the server's own folders, not an upload
  int64_t create_time_ms = 0;
  int64_t model_size_bytes = 0;

  /// The body of PUT. Errors: kXContentParse, kIllegalArgument, kActionRequestValidation with Elasticsearch's words.
  static base::Result<TrainedConfig> parse(std::string_view model_id, base::JsonValue body);
  /// The config of a model of the server's own folders (`.rerank-v1` and others).
  static TrainedConfig of_folder(std::string_view model_id, TrainedTask task);
  /// What `to_record` wrote. Errors: as parse.
  static base::Result<TrainedConfig> from_record(std::string_view model_id, base::JsonValue record);
  std::string to_record() const;

  /// The config as GET and PUT show it; `fully_defined` is left out if it has no value.
  void write(base::JsonWriter& out, std::optional<bool> fully_defined, Generated generated) const;
};

/// Lower-case letters, digits, '_', '-', '.'; first and last alphanumeric; at most 64 characters. Errors: kActionRequestValidation.
base::Status check_model_id(std::string_view model_id);

}  // namespace selene::models
