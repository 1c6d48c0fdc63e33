#include "inference/endpoints/embedding_rerank.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace selene::inference {

using base::Error;
using base::ErrorCode;

float cosine(std::span<const float> a, std::span<const float> b) {
  double dot = 0;
  double square_a = 0;
  double square_b = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    dot += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    square_a += static_cast<double>(a[i]) * static_cast<double>(a[i]);
    square_b += static_cast<double>(b[i]) * static_cast<double>(b[i]);
  }
  const double length = std::sqrt(square_a) * std::sqrt(square_b);
  return length > 0 ? static_cast<float>(std::clamp(dot / length, -1.0, 1.0)) : 0.0F;
}

base::Result<RerankResult> rerank_by_embeddings(Endpoint& endpoint, const RerankRequest& request,
                                                const base::Cancellation& cancellation) {
  EmbeddingRequest of_query;
  of_query.inputs = {request.query};
  of_query.input_type = InputType::kSearch;
  ASSIGN_OR_RETURN(const auto query, endpoint.text_embedding(of_query, cancellation));
  EmbeddingRequest of_documents;
  of_documents.input_type = InputType::kIngest;
  std::vector<std::span<const float>> vectors(request.inputs.size());
  std::vector<size_t> missing;
  for (size_t i = 0; i < request.inputs.size(); ++i) {
    if (i < request.stored_vectors.size()) vectors[i] = request.stored_vectors[i];
    if (!vectors[i].empty()) continue;
    missing.push_back(i);
    of_documents.inputs.push_back(request.inputs[i]);
  }
  std::vector<std::vector<float>> embedded;
  if (!missing.empty()) {
    ASSIGN_OR_RETURN(embedded, endpoint.text_embedding(of_documents, cancellation));
  }
  for (size_t i = 0; i < missing.size(); ++i) vectors[missing[i]] = embedded[i];
  RerankResult result;
  for (size_t i = 0; i < vectors.size(); ++i) {
    if (vectors[i].size() != query.front().size()) {
      return Error(ErrorCode::kStatusBadRequest, "Inference endpoint [{}] gives vectors of [{}] dimensions, a stored one has [{}]",
                   endpoint.info().inference_id, query.front().size(), vectors[i].size());
    }
    result.docs.push_back({static_cast<int32_t>(i), cosine(query.front(), vectors[i])});
  }
  return result;
}

}  // namespace selene::inference
