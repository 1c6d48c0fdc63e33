#include "inference/endpoints/endpoint_calls.h"

#include "base/format.h"
#include "inference/endpoints/inference_answer.h"
#include "inference/endpoints/inference_call.h"

namespace selene::inference {

using base::Cancellation;
using base::JsonValue;
using base::Result;
using std::chrono::milliseconds;

namespace {

// Far deadlines are none: now + timeout must not overflow.
constexpr milliseconds kLongest = std::chrono::hours(24 * 365);

Result<InferenceResponse> run_rerank(Endpoint& endpoint, const InferenceCall& call, milliseconds timeout,
                                     const Cancellation& cancellation) {
  RerankRequest request;
  request.query = *call.query;
  request.inputs = call.inputs;
  request.top_n = call.top_n;
  request.return_documents = call.return_documents;
  request.task_settings = call.task_settings;
  ASSIGN_OR_RETURN(RerankResult result, with_timeout(timeout, cancellation, [&](const Cancellation& limited) {
                     return endpoint.rerank(request, limited);
                   }));
  return InferenceResponse{render_rerank(std::move(result), call.inputs)};
}

Result<InferenceResponse> run_text_embedding(Endpoint& endpoint, const EmbeddingRequest& request, milliseconds timeout,
                                             const Cancellation& cancellation) {
  ASSIGN_OR_RETURN(const auto vectors, with_timeout(timeout, cancellation, [&](const Cancellation& limited) {
                     return endpoint.text_embedding(request, limited);
                   }));
  ASSIGN_OR_RETURN(const EmbeddingTraits traits, endpoint.embedding_traits());
  return InferenceResponse{render_text_embedding(vectors, traits.element_type)};
}

Result<InferenceResponse> run_sparse_embedding(Endpoint& endpoint, const EmbeddingRequest& request, milliseconds timeout,
                                               const Cancellation& cancellation) {
  ASSIGN_OR_RETURN(const auto embeddings, with_timeout(timeout, cancellation, [&](const Cancellation& limited) {
                     return endpoint.sparse_embedding(request, limited);
                   }));
  return InferenceResponse{render_sparse_embedding(embeddings)};
}

}  // namespace

std::string format_time(milliseconds time) {
  const int64_t ms = time.count();
  if (ms % 60000 == 0 && ms != 0) return base::format("{}m", ms / 60000);
  if (ms % 1000 == 0) return base::format("{}s", ms / 1000);
  return base::format("{}ms", ms);
}

Cancellation limited_by(milliseconds timeout, const Cancellation& cancellation) {
  if (timeout.count() < 0 || timeout > kLongest) return cancellation;
  return cancellation.with_deadline(Cancellation::Clock::now() + timeout);
}

Result<InferenceResponse> run_inference(Endpoint& endpoint, JsonValue body, milliseconds timeout,
                                        const Cancellation& cancellation) {
  const TaskType task_type = endpoint.info().task_type;
  ASSIGN_OR_RETURN(const InferenceCall call, parse_inference_call(body, task_type));
  if (task_type == TaskType::kRerank) return run_rerank(endpoint, call, timeout, cancellation);
  EmbeddingRequest request;
  request.inputs = call.inputs;
  if (call.input_type.has_value()) {
    ASSIGN_OR_RETURN(request.input_type, parse_input_type(*call.input_type));
  }
  request.task_settings = call.task_settings;
  return task_type == TaskType::kTextEmbedding ? run_text_embedding(endpoint, request, timeout, cancellation)
                                               : run_sparse_embedding(endpoint, request, timeout, cancellation);
}

}  // namespace selene::inference
