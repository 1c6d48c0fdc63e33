#pragma once

#include <span>

#include "base/cancellation.h"
#include "base/result.h"
#include "inference/services/service.h"

namespace selene::inference {

/// Cosine of two vectors of one size, in [-1, 1]; 0 if one of them is 0 everywhere.
float cosine(std::span<const float> a, std::span<const float> b);

/// Scores of a bi-encoder: the query embedded with input_type search, the documents with ingest (or as stored), their cosine.
/// Errors: those of text_embedding; kStatusBadRequest for a stored vector of another size.
base::Result<RerankResult> rerank_by_embeddings(Endpoint& endpoint, const RerankRequest& request,
                                                const base::Cancellation& cancellation);

}  // namespace selene::inference
