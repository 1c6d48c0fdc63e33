#pragma once

#include "inference/services/service.h"

namespace selene::inference {

/// Services without a model or a vendor, for tests of clients and of pipelines: `test_service` (sparse_embedding),
/// `text_embedding_test_service`, `test_reranking_service`. Their answers depend on the texts alone. They are known only where
/// ServiceContext::test_services says so.
/// Source: the names and the ranking rule are those of Elasticsearch's test plugin.
std::span<const Service* const> test_services();

/// Scores of inputs: the numbers they are, if all are; else every later input scores 0.2 more than the one before.
std::vector<float> test_rerank_scores(std::span<const std::string_view> inputs);
/// `dimensions` whole numbers in [0, 127], the same for the same text.
std::vector<float> test_vector(std::string_view text, int32_t dimensions);
/// Five tokens `feature_0` to `feature_4` with weights above 0, the same for the same text; weight descending.
SparseEmbedding test_sparse_embedding(std::string_view text);

}  // namespace selene::inference
