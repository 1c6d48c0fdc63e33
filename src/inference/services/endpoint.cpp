#include "inference/services/service.h"

namespace selene::inference {
namespace {

base::Error other_task(const EndpointInfo& info, TaskType requested) {
  return base::Error(base::ErrorCode::kStatusBadRequest,
                     "Requested task type [{}] does not match the inference endpoint's task type [{}]", task_type_name(requested),
                     task_type_name(info.task_type));
}

}  // namespace

base::Result<RerankResult> Endpoint::rerank(const RerankRequest&, const base::Cancellation&) {
  return other_task(info(), TaskType::kRerank);
}

base::Result<std::vector<std::vector<float>>> Endpoint::text_embedding(const EmbeddingRequest&, const base::Cancellation&) {
  return other_task(info(), TaskType::kTextEmbedding);
}

base::Result<std::vector<SparseEmbedding>> Endpoint::sparse_embedding(const EmbeddingRequest&, const base::Cancellation&) {
  return other_task(info(), TaskType::kSparseEmbedding);
}

base::Result<EmbeddingTraits> Endpoint::embedding_traits() { return other_task(info(), TaskType::kTextEmbedding); }

}  // namespace selene::inference
