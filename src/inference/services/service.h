#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancellation.h"
#include "base/json/json_document.h"
#include "base/result.h"
#include "inference/transport/transport.h"
#include "inference/types/endpoint_deployment.h"
#include "inference/types/inference_types.h"
#include "models/registry/model_registry.h"

namespace selene::inference {

/// Whether PUT makes sure that a new endpoint works: a tiny call to a vendor, a started model.
enum class ValidateNewEndpoints : uint8_t { kYes, kNo };

/// Whether services that only tests use are known (services/test_services/).
enum class TestServices : uint8_t { kUnknown, kKnown };

/// What services work with; outlives every endpoint. Thread-safe members.
struct ServiceContext {
  std::shared_ptr<models::ModelRegistry> models;
  int32_t max_threads = 1;  ///< threads a deployment may use
  std::shared_ptr<net::HttpClient> http;
  TransportOptions transport;
  ValidateNewEndpoints validate = ValidateNewEndpoints::kYes;
  TestServices test_services = TestServices::kUnknown;
  int32_t queue_capacity = 1024;  ///< requests waiting for a local deployment
  /// A running deployment by its id: another endpoint's, or one of the trained models API. Errors: kResourceNotFound,
  /// kStatusConflict (not deployed), those of loading.
  std::function<base::Result<std::shared_ptr<models::Deployment>>(std::string_view deployment_id)> find_deployment;
};

/// One configured endpoint of a service. Thread-safe.
class Endpoint {
 public:
  virtual ~Endpoint() = default;
  virtual const EndpointInfo& info() const = 0;
  /// Makes sure the endpoint works, and learns what `info` shows: starts a local model, asks a vendor. Called by PUT before any
  /// other thread knows the endpoint; an endpoint read from the store is started by its first use.
  virtual base::Status start(const base::Cancellation& cancellation) = 0;
  /// The secret settings as a JSON object that `create` takes among the service_settings; empty if there are none. For the store
  /// only.
  virtual std::string secrets() const { return {}; }
  /// service_settings as the store keeps them: those of `info`, and what GET does not show.
  virtual std::string stored_settings() const { return info().service_settings; }

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

  /// The endpoint's own deployment while it runs; null for remote services.
  virtual std::shared_ptr<models::Deployment> running_deployment() const { return nullptr; }
  /// What is known of it whether it runs or not; nothing for remote services and for endpoints that use another's deployment.
  virtual std::optional<EndpointDeployment> own_deployment() const { return std::nullopt; }
  /// Frees a deployment that may scale to zero and was not used for `idle_time`.
  virtual void shrink_if_idle(std::chrono::steady_clock::time_point, std::chrono::milliseconds /*idle_time*/) {}
  /// Frees what `start` made once running calls are done; the next use starts again. Idempotent.
  virtual void release() {}
  /// The same at once: running calls may fail. Idempotent.
  virtual void stop() {}
};

/// Who wrote the settings: a caller, or this program (then keys it adds itself are fine).
enum class DefinitionSource : uint8_t { kRequest, kStore };

/// A PUT body taken apart; the values must outlive the call.
struct EndpointDefinition {
  std::string_view inference_id;
  TaskType task_type = TaskType::kRerank;
  base::JsonValue service_settings;
  base::JsonValue task_settings;
  base::JsonValue chunking_settings;
  DefinitionSource source = DefinitionSource::kRequest;
};

/// One setting as GET _inference/_services describes it.
struct SettingInfo {
  std::string_view name;
  std::string_view type;  ///< "str", "int", "bool", "map"
  std::string_view description;
  bool required = false;
  bool secret = false;
};

/// One inference service: which tasks it does, and endpoints from settings. Immutable, thread-safe.
/// Adding one: a folder `services/<name>/` and a line in `services/registry.cpp`.
class Service {
 public:
  virtual ~Service() = default;
  virtual std::string_view name() const = 0;
  virtual std::string_view title() const = 0;  ///< for people: "Cohere"
  virtual std::span<const TaskType> task_types() const = 0;
  virtual std::span<const SettingInfo> settings() const = 0;
  /// Errors: kValidation (all faults in one text), kStatusBadRequest (unknown settings), kIllegalArgument.
  virtual base::Result<std::shared_ptr<Endpoint>> create(const EndpointDefinition& definition,
                                                         const ServiceContext& context) const = 0;
};

/// All services but those of tests, sorted by name.
std::span<const Service* const> all_services();
/// One of them by name, null if there is none.
const Service* find_service(std::string_view name, TestServices tests = TestServices::kUnknown);

/// The endpoints that are there from the start: inference id, service, task type and settings as PUT would take them.
struct PreconfiguredEndpoint {
  std::string_view inference_id;
  TaskType task_type;
  std::string_view service;
  std::string_view service_settings;  ///< JSON
};
std::span<const PreconfiguredEndpoint> preconfigured_endpoints();

}  // namespace selene::inference
