#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "inference/types/inference_types.h"

namespace selene::rest {

inline constexpr size_t kMaxClientBatchSize = 10000;  ///< documents of one request

/// A body of /rerank, /v1/rerank or /v2/rerank. Views into the parsed body, but for documents put together from fields.
struct RerankBody {
  std::string_view query;
  std::string_view model;
  std::vector<std::string> texts;
  std::vector<base::JsonValue> documents;  ///< as sent
  std::optional<int32_t> top_n;
  bool return_documents = false;  ///< `return_text` of TEI
  bool raw_scores = false;        ///< TEI
  bool asks_top_k = false;        ///< Voyage's name for top_n
};

/// What is wrong with a body; how it is said depends on whose endpoint it is.
enum class RerankFault : uint8_t { kMalformed, kEmpty, kTooMany };
struct RerankBodyError {
  RerankFault fault = RerankFault::kMalformed;
  std::string reason;
};

/// `documents_key`: "texts" (strings) or "documents" (strings, or objects whose `rank_fields`, by default `text`, are joined by
/// line breaks). An empty optional: the body is fine.
std::optional<RerankBodyError> parse_rerank_body(base::JsonValue root, std::string_view documents_key, RerankBody& body);

/// In [0, 1], whatever the endpoint gives.
float probability(float score, inference::ScoreKind kind);

}  // namespace selene::rest
