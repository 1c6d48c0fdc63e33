#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancellation.h"
#include "base/json/json_document.h"
#include "base/result.h"
#include "models/registry/model_registry.h"
#include "models/registry/throughput_meter.h"
#include "models/registry/trained_inference.h"
#include "models/registry/trained_model_store.h"
#include "models/runtime/deployment.h"

namespace selene::models {

enum class DeploymentPriority : uint8_t { kNormal, kLow };

/// What `_start` asks for.
struct TrainedDeploymentParams {
  std::string model_id;
  std::string deployment_id;
  int32_t number_of_allocations = 1;
  int32_t threads_per_allocation = 1;
  int32_t queue_capacity = 1024;
  DeploymentPriority priority = DeploymentPriority::kNormal;
  std::string cache_size;            ///< as it was given; empty: not given
  std::string adaptive_allocations;  ///< JSON object; empty: none

  /// Errors: kActionRequestValidation, kIllegalArgument with Elasticsearch's words.
  base::Status check() const;
};

/// A started deployment as it is now.
struct TrainedDeployment {
  TrainedDeploymentParams params;
  TrainedConfig config;
  int64_t start_time_ms = 0;
  int64_t inference_count = 0;
  int64_t error_count = 0;
  int64_t missing_field_count = 0;  ///< documents without the input field
  int64_t last_access_ms = 0;
  int64_t throughput_last_minute = 0;
  int64_t peak_throughput_per_minute = 0;
  DeploymentStats stats;
};

/// Deployments of trained models. They are remembered: after a restart they are there, and load at their first use. Thread-safe.
class TrainedDeployments {
 public:
  struct Options {
    int32_t max_threads = 1;  ///< threads a deployment may use
  };
  /// `store` and `registry` must outlive it. Errors: those of the records.
  static base::Result<std::unique_ptr<TrainedDeployments>> open(Options options, TrainedModelStore& store, ModelRegistry& registry);
  ~TrainedDeployments() { close(); }

  /// Loads the model and starts it. Errors: kResourceNotFound, kStatusConflict (started already), kIllegalArgument with the
  /// loader's message.
  base::Result<TrainedDeployment> start(TrainedDeploymentParams params);
  /// Errors: kResourceNotFound; those of TrainedDeploymentParams::check.
  base::Result<TrainedDeployment> update(std::string_view deployment_id, std::optional<int32_t> number_of_allocations,
                                         std::optional<std::string> adaptive_allocations);
  /// A deployment id, or a model id or alias for all its deployments; comma list, wildcards. Errors: kResourceNotFound if nothing
  /// matches and `no_match` refuses.
  base::Status stop(std::string_view expression, TrainedModelStore::NoMatch no_match);

  /// Forgets the results that are kept; requests that run end well. `id`: a deployment's, or a model's for all of its. Errors:
  /// kResourceNotFound.
  base::Status clear_cache(std::string_view id);
  /// The running deployment of that id, loaded if it is not yet; null if there is none.
  std::shared_ptr<Deployment> deployment(std::string_view deployment_id);

  /// Sorted by deployment id.
  std::vector<TrainedDeployment> of_model(std::string_view model_id) const;
  std::optional<TrainedDeployment> find(std::string_view deployment_id) const;

  /// `_infer`: `id` is a deployment's, a model's or an alias. One JSON object for each document. Errors: kResourceNotFound,
  /// kStatusConflict (not deployed), those of InferenceUpdate::parse and run_trained_inference.
  base::Result<std::vector<std::string>> infer(std::string_view id, base::JsonValue docs, base::JsonValue inference_config,
                                               PrefixType prefix, const base::Cancellation& cancellation);
  /// Stops all threads; the records stay. Idempotent.
  void close();

 private:
  struct Running {
    TrainedDeploymentParams params;
    int64_t start_time_ms = 0;
    int64_t inference_count = 0;
    int64_t error_count = 0;
    int64_t missing_field_count = 0;
    int64_t last_access_ms = 0;
    ThroughputMeter throughput;
    std::shared_ptr<Deployment> deployment;  ///< null until its first use after a restart
    DeploymentStats before;                  ///< of deployments that an update replaced
  };
  TrainedDeployments(Options options, TrainedModelStore& store, ModelRegistry& registry)
      : options_(options), store_(store), registry_(registry) {}
  base::Status load();
  base::Result<std::shared_ptr<Deployment>> make_deployment(const TrainedDeploymentParams& params);
  base::Status save(const Running& running) const;
  TrainedDeployment view(const Running& running) const;
  base::Status replace(const std::string& deployment_id);
  void count(const std::string& deployment_id, int64_t documents, int64_t missing, int64_t errors);
  base::Result<std::string> deployment_for(std::string_view id) const;
  base::Result<std::shared_ptr<Deployment>> running_deployment(const std::string& deployment_id);

  const Options options_;
  TrainedModelStore& store_;
  ModelRegistry& registry_;
  std::mutex change_mutex_;   // one start, update or stop at a time; loading included
  mutable std::mutex mutex_;  // the map
  std::map<std::string, Running, std::less<>> running_;
};

}  // namespace selene::models
