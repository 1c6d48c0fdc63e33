#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "inference/services/validation.h"
#include "inference/types/inference_types.h"

namespace selene::inference {

using NamedTexts = std::vector<std::pair<std::string, std::string>>;

/// service_settings of a `custom` endpoint.
struct CustomSettings {
  NamedTexts secret_parameters;
  std::string url;
  NamedTexts headers;
  NamedTexts query_parameters;
  std::string request;  ///< template of the body
  /// Paths of response.json_parser by their names: relevance_score, reranked_index, document_text; text_embeddings; token_path,
  /// weight_path.
  NamedTexts json_parser;
  std::string embedding_type;  ///< float, bit, binary, byte
  std::optional<std::string> error_path;
  /// What `${input_type}` says: of ingest, of search, and otherwise.
  std::string ingest_input_type;
  std::string search_input_type;
  std::string default_input_type;
  int32_t batch_size = 10;

  static CustomSettings parse(TaskType task_type, SettingsReader& settings, Validation& validation);
  /// As GET shows them, without the secrets.
  void write(base::JsonWriter& out) const;
  const std::string* path(std::string_view name) const;
};

}  // namespace selene::inference
