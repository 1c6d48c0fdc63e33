#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/json/json_writer.h"
#include "base/result.h"

namespace selene::inference {

enum class TaskType : uint8_t { kRerank, kTextEmbedding, kSparseEmbedding, kCompletion, kChatCompletion, kEmbedding };
std::string_view task_type_name(TaskType type);
/// Errors: kStatusBadRequest `Unknown task_type [bad]`.
base::Result<TaskType> parse_task_type(std::string_view name);

/// [begin, end) in bytes of a text.
struct ByteSpan {
  size_t begin = 0;
  size_t end = 0;
  friend bool operator==(const ByteSpan&, const ByteSpan&) = default;
};

/// One document's score; `index` into the inputs.
struct RankedDoc {
  int32_t index = 0;
  float relevance_score = 0;
  std::optional<ByteSpan> passage = {};  ///< the chunk of the input that has this score, where the endpoint cuts documents
};

/// Inputs of a rerank call made by the server itself (text_similarity_reranker) or by POST _inference.
struct RerankRequest {
  std::string query;
  std::vector<std::string_view> inputs;  ///< valid during the call
  std::optional<int32_t> top_n;
  std::optional<bool> return_documents;
  std::chrono::milliseconds timeout{30000};
  base::JsonValue task_settings;  ///< of this call: between the fields above and the endpoint's own; valid during the call
  /// For text_embedding endpoints: vectors of the inputs that are stored already. Empty, or one for each input, of which an empty
  /// one is embedded now. Valid during the call.
  std::vector<std::span<const float>> stored_vectors;
};

/// Scores in any order, exactly as the service gave them, and what request, call and endpoint together ask to be shown of them.
struct RerankResult {
  std::vector<RankedDoc> docs;
  std::optional<int32_t> top_n;
  bool return_documents = false;
};

/// What an embedding is for; services tell the model in their own words. kUnspecified: the caller did not say.
enum class InputType : uint8_t { kUnspecified, kIngest, kSearch, kClassification, kClustering };
/// Errors: kActionRequestValidation for another word than `ingest`, `search`, `classification`, `clustering`.
base::Result<InputType> parse_input_type(std::string_view name);
/// The word of the API; empty for kUnspecified.
std::string_view input_type_name(InputType type);

/// Inputs of an embedding call made by the server itself (semantic_text, query vector builders, pipelines) or by POST _inference.
struct EmbeddingRequest {
  std::vector<std::string_view> inputs;  ///< valid during the call
  InputType input_type = InputType::kUnspecified;
  std::chrono::milliseconds timeout{30000};
  base::JsonValue task_settings;  ///< of this call: before the endpoint's own; valid during the call
};

struct TokenWeight {
  std::string token;
  float weight = 0;
};

/// One input's answer of a sparse_embedding endpoint: tokens with weights above 0, weight descending.
struct SparseEmbedding {
  std::vector<TokenWeight> tokens;
  bool is_truncated = false;  ///< the model read only the beginning of the text
};

/// What a mapping must know of an embedding endpoint; the last four as semantic_text's `model_settings` show them.
struct EmbeddingTraits {
  TaskType task_type = TaskType::kTextEmbedding;  ///< or kSparseEmbedding
  std::string service;
  std::string chunking_settings;          ///< JSON object text
  int32_t dimensions = 0;                 ///< 0 for sparse
  std::optional<std::string> similarity;  ///< "cosine", "dot_product", "l2_norm"; text_embedding only
  std::string element_type;               ///< "float", "byte", "bit"; empty for sparse
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

/// What an endpoint's scores are: logits of a cross-encoder, a vendor's relevance (0 to 1 with most), cosines of embeddings.
enum class ScoreKind : uint8_t { kLogit, kRelevance, kCosine };

/// What a retriever must know of a rerank endpoint before it searches.
struct RerankEndpointTraits {
  std::optional<int32_t> configured_top_n;  ///< task_settings.top_n
  int32_t window_words = 300;               ///< for chunk_rescorer defaults
  ScoreKind score_kind = ScoreKind::kLogit;
  int32_t max_input_tokens = 512;  ///< of query and document together; the model's own once it runs
};

}  // namespace selene::inference
