#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "inference/types/inference_types.h"

namespace selene::inference {

/// {"rerank":[{"index","relevance_score","text"?}]}: score descending (equal scores in input order), at most `top_n`.
/// REQUIRES: every index names one of `inputs`.
std::string render_rerank(RerankResult result, const std::vector<std::string_view>& inputs);

/// {"text_embedding":[{"embedding":[..]}]}; under "text_embedding_bytes" or "text_embedding_bits", with whole numbers, for the
/// element types "byte" and "bit".
std::string render_text_embedding(const std::vector<std::vector<float>>& vectors, std::string_view element_type);

/// {"sparse_embedding":[{"is_truncated":false,"embedding":{"token":1.5}}]}
std::string render_sparse_embedding(const std::vector<SparseEmbedding>& embeddings);

}  // namespace selene::inference
