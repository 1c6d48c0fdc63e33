#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
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

/// What services work with; outlives every endpoint. Thread-safe members.
struct ServiceContext {
  std::shared_ptr<models::ModelRegistry> models;
  int32_t max_threads = 1;  ///< threads a deployment may use
};

/// One configured endpoint of a service. Thread-safe.
class Endpoint {
 public:
  virtual ~Endpoint() = default;
  virtual const EndpointInfo& info() const = 0;
  /// Makes the endpoint ready (loads and starts a local model). Called by PUT; otherwise the first use does it.
  virtual base::Status start() = 0;

  /// One member for each task type; those of other task types than the endpoint's are refused (kStatusBadRequest).
  /// REQUIRES: inputs not empty. The request's timeout is the caller's to apply (to `cancellation`).
  virtual base::Result<RerankResult> rerank(const RerankRequest& request, const base::Cancellation& cancellation);
  /// One vector for each input, in order.
  virtual base::Result<std::vector<std::vector<float>>> text_embedding(const EmbeddingRequest& request,
                                                                       const base::Cancellation& cancellation);
  /// One for each input, in order.
  virtual base::Result<std::vector<SparseEmbedding>> sparse_embedding(const EmbeddingRequest& request,
                                                                      const base::Cancellation& cancellation);

  virtual RerankEndpointTraits rerank_traits() const { return {}; }
  /// Of an embedding endpoint. May load a local model to learn its dimensions.
  virtual base::Result<EmbeddingTraits> embedding_traits();
  /// Figures of the running deployment; nothing for remote services and before the first use.
  virtual std::optional<models::DeploymentStats> deployment_stats() const { return std::nullopt; }
  /// Ends running work and frees what `start` made; the next use starts again. Idempotent.
  virtual void stop() = 0;
};

/// A PUT body taken apart; the values must outlive the call.
struct EndpointDefinition {
  std::string_view inference_id;
  TaskType task_type = TaskType::kRerank;
  base::JsonValue service_settings;
  base::JsonValue task_settings;
  base::JsonValue chunking_settings;
};

/// One inference service: which tasks it does, and endpoints from settings. Immutable, thread-safe.
/// Adding one: a folder `services/<name>/` and a line in `services/registry.cpp`.
class Service {
 public:
  virtual ~Service() = default;
  virtual std::string_view name() const = 0;
  virtual std::span<const TaskType> task_types() const = 0;
  /// Errors: kValidation (all faults in one text), kStatusBadRequest (unknown settings), kIllegalArgument.
  virtual base::Result<std::shared_ptr<Endpoint>> create(const EndpointDefinition& definition,
                                                         const ServiceContext& context) const = 0;
};

/// All services, by name. Null if there is none of that name.
const Service* find_service(std::string_view name);

/// The endpoints that are there from the start: inference id, service, task type and settings as PUT would take them.
struct PreconfiguredEndpoint {
  std::string_view inference_id;
  TaskType task_type;
  std::string_view service;
  std::string_view service_settings;  ///< JSON
};
std::span<const PreconfiguredEndpoint> preconfigured_endpoints();

}  // namespace selene::inference
