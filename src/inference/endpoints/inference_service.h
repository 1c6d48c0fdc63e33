#pragma once

#include <cstdint>
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
#include "inference/types/endpoint_deployment.h"
#include "inference/types/inference_types.h"
#include "models/registry/model_registry.h"

namespace selene::inference {

struct EndpointStore;
struct InferenceOptions;

/// What uses an endpoint, so that it must not be deleted without force.
struct EndpointReferences {
  std::vector<std::string> pipelines;
  std::vector<std::string> indexes;  ///< whose mappings name it
};

enum class DeleteMode : uint8_t { kUnlessUsed, kForce, kDryRun };

struct InferenceResponse {
  std::string json;  ///< {"rerank":[...]}
};

/// All inference endpoints: configured ones, the preconfigured ones, their services and deployments. Thread-safe.
/// Contract: Elasticsearch's inference API.
class InferenceService {
 public:
  static base::Result<std::unique_ptr<InferenceService>> create(InferenceOptions options,
                                                                std::shared_ptr<models::ModelRegistry> models, EndpointStore store);
  virtual ~InferenceService() = default;

  /// PUT _inference/[{task_type}/]{id}. `task_type` absent: from the body, else the service's only one. Starts the deployment and
  /// waits for it at most `timeout`.
  virtual base::Result<EndpointInfo> put(std::string_view id, std::optional<TaskType> task_type, base::JsonValue body,
                                         std::chrono::milliseconds timeout) = 0;
  /// Sorted by inference_id. `id`: "_all" or empty for all. Errors: kResourceNotFound `Inference endpoint not found [x]`,
  /// kStatusBadRequest (task type).
  virtual base::Result<std::vector<EndpointInfo>> get(std::string_view id, std::optional<TaskType> task_type) const = 0;
  /// PUT _inference/[{task_type}/]{id}/_update: the body's settings over the endpoint's; calls that run end with the old ones.
  virtual base::Result<EndpointInfo> update(std::string_view id, std::optional<TaskType> task_type, base::JsonValue body,
                                            std::chrono::milliseconds timeout);
  /// What uses the endpoint. Errors: kResourceNotFound, kStatusConflict (used, and not forced), kStatusBadRequest (a preconfigured
  /// one, not forced).
  virtual base::Result<EndpointReferences> remove(std::string_view id, std::optional<TaskType> task_type, DeleteMode mode) = 0;
  /// Says what uses an endpoint: pipelines and mappings belong to upper layers. Called by `remove`.
  virtual void set_reference_lookup(std::function<EndpointReferences(std::string_view id)> /*lookup*/) {}
  /// POST _inference/[{task_type}/]{id}.
  virtual base::Result<InferenceResponse> infer(std::string_view id, std::optional<TaskType> task_type, base::JsonValue body,
                                                std::chrono::milliseconds timeout, const base::Cancellation& cancellation) = 0;

  /// For retrievers: the endpoint exists and scores documents. Errors: kResourceNotFound, kStatusBadRequest.
  virtual base::Result<RerankEndpointTraits> rerank_traits(std::string_view id) const = 0;
  /// The id of the scoring endpoint that `model` means to clients of other servers' APIs: an endpoint's id, the id of a local model
  /// (an endpoint that uses it, else one of its own that is not listed), and `.rerank-v1-elasticsearch` for anything else.
  virtual std::string rerank_endpoint_of(std::string_view model);
  /// Scores in any order; exactly what the service gave (the caller checks the count). An empty input list gives an empty answer
  /// without a model call. A text_embedding endpoint scores by the cosine of query and document (an addition to Elasticsearch).
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
  /// Deployments of endpoints over local models, running or not, by inference id.
  virtual std::vector<EndpointDeployment> own_deployments() const { return {}; }
  /// Stops all deployments. Idempotent.
  virtual void close() = 0;
};

}  // namespace selene::inference
