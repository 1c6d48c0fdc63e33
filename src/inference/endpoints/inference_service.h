#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancellation.h"
#include "base/json/json_document.h"
#include "base/result.h"
#include "inference/types/inference_types.h"
#include "models/registry/model_registry.h"
#include "models/runtime/deployment.h"

namespace selene::inference {

/// Where endpoint configurations are kept: given by the node (the catalog's records), so that inference/ does not know index/.
struct EndpointStore {
  std::function<base::Status(std::string_view id, std::string_view bytes)> put;
  std::function<base::Status(std::string_view id)> remove;
  std::function<base::Result<std::map<std::string, std::string>>()> load_all;
};

/// The body of POST _inference/{id}, parsed and validated against the endpoint's task.
struct InferenceResponse {
  std::string json;  ///< {"rerank":[...]}
};

/// All inference endpoints: configured ones, the preconfigured ones, their services and deployments. Thread-safe.
/// Contract: Elasticsearch's inference API.
class InferenceService {
 public:
  struct Options {
    int32_t max_threads = 1;  ///< upper bound of num_threads x allocations that are run at once
  };
  static base::Result<std::unique_ptr<InferenceService>> create(Options options, std::shared_ptr<models::ModelRegistry> models,
                                                                EndpointStore store);
  virtual ~InferenceService() = default;

  /// PUT _inference/[{task_type}/]{id}. `task_type` absent: from the body, else the service's only one. Starts the deployment and
  /// waits for it at most `timeout`.
  virtual base::Result<EndpointInfo> put(std::string_view id, std::optional<TaskType> task_type, base::JsonValue body,
                                         std::chrono::milliseconds timeout) = 0;
  /// Sorted by inference_id. `id`: "_all" or empty for all. Errors: kResourceNotFound `Inference endpoint not found [x]`,
  /// kStatusBadRequest (task type).
  virtual base::Result<std::vector<EndpointInfo>> get(std::string_view id, std::optional<TaskType> task_type) const = 0;
  virtual base::Status remove(std::string_view id, std::optional<TaskType> task_type, bool force, bool dry_run) = 0;
  /// POST _inference/[{task_type}/]{id}.
  virtual base::Result<InferenceResponse> infer(std::string_view id, std::optional<TaskType> task_type, base::JsonValue body,
                                                std::chrono::milliseconds timeout, const base::Cancellation& cancellation) = 0;

  /// For retrievers: the endpoint exists and reranks. Errors: kResourceNotFound, kStatusBadRequest.
  virtual base::Result<RerankEndpointTraits> rerank_traits(std::string_view id) const = 0;
  /// Scores in any order; exactly what the service gave (the caller checks the count). An empty input list gives an empty answer
  /// without a model call.
  virtual base::Result<std::vector<RankedDoc>> rerank(std::string_view id, const RerankRequest& request,
                                                      const base::Cancellation& cancellation) = 0;
  // The three of embedding endpoints. The base class has none (kResourceNotFound): what a test's stand-in needs not, it need not
  // write.

  /// For mappings and queries: the endpoint exists and embeds. Errors: kResourceNotFound, kStatusBadRequest (another task type),
  /// those of loading a local model.
  virtual base::Result<EmbeddingTraits> embedding_traits(std::string_view id) const;
  /// One vector for each input, in order; no inputs need no model. Elements of byte and bit endpoints are whole numbers in
  /// [-128, 127]. Errors: kResourceNotFound, kStatusBadRequest (another task type; a vendor's refusal), kStatusTimeout,
  /// kTaskCancelled, kRejectedExecution, kStatusTooManyRequests.
  virtual base::Result<std::vector<std::vector<float>>> text_embedding(std::string_view id, const EmbeddingRequest& request,
                                                                       const base::Cancellation& cancellation);
  /// The same for sparse_embedding endpoints.
  virtual base::Result<std::vector<SparseEmbedding>> sparse_embedding(std::string_view id, const EmbeddingRequest& request,
                                                                      const base::Cancellation& cancellation);
  /// Figures of every local deployment that is running, by inference id.
  virtual std::map<std::string, models::DeploymentStats> deployment_stats() const { return {}; }
  /// Stops all deployments. Idempotent.
  virtual void close() = 0;
};

}  // namespace selene::inference
