#pragma once

#include <chrono>
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
#include "models/registry/trained_deployment_params.h"
#include "models/registry/trained_inference.h"
#include "models/registry/trained_model_store.h"
#include "models/runtime/scaled_deployment.h"

namespace selene::models {

/// A started deployment as it is now.
struct TrainedDeployment {
  TrainedDeploymentParams params;
  TrainedConfig config;
  int64_t start_time_ms = 0;
  bool is_running = false;          ///< false: scaled to zero, or not used since a restart
  int32_t current_allocations = 0;  ///< 0: scaled to zero
  int64_t inference_count = 0;      ///< documents and inputs of endpoints that use it
  int64_t error_count = 0;
  int64_t missing_field_count = 0;  ///< documents without the input field
  int64_t last_access_ms = 0;
  int64_t throughput_last_minute = 0;
  int64_t peak_throughput_per_minute = 0;
  DeploymentStats stats;
};

/// Deployments of trained models. They are remembered: after a restart they are there, and load at their first use. Those with
/// adaptive allocations and minimum 0 end when idle and start with their next use. Thread-safe.
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
  /// A lease of the deployment that `_infer` would use, started if it is not running; what it computes counts as the deployment's.
  /// `id` is a deployment's, a model's or an alias. Errors: kResourceNotFound, kStatusConflict (not deployed), those of loading.
  base::Result<std::shared_ptr<Deployment>> lease(std::string_view id);
  /// Ends deployments that may scale to zero and were not used for `idle_time`.
  void shrink_if_idle(ScaledDeployment::Time now, std::chrono::milliseconds idle_time);

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
    std::shared_ptr<ScaledDeployment> deployment;
    DeploymentStats before;  ///< of deployments that an update replaced
  };
  TrainedDeployments(Options options, TrainedModelStore& store, ModelRegistry& registry)
      : options_(options), store_(store), registry_(registry) {}
  base::Status load();
  std::shared_ptr<ScaledDeployment> make_deployment(const TrainedDeploymentParams& params) const;
  base::Status check_new(const TrainedDeploymentParams& params, TrainedTask task) const;
  base::Status save(const Running& running) const;
  TrainedDeployment view(const Running& running) const;
  base::Result<TrainedDeployment> replace(const std::string& deployment_id, const TrainedDeploymentParams& params);
  void count(const std::string& deployment_id, int64_t inferences, int64_t missing, int64_t errors);
  std::vector<std::shared_ptr<ScaledDeployment>> all() const;
  base::Result<std::shared_ptr<Deployment>> lease_uncounted(std::string_view deployment_id);
  base::Result<std::string> deployment_for(std::string_view id) const;

  const Options options_;
  TrainedModelStore& store_;
  ModelRegistry& registry_;
  std::mutex change_mutex_;   // one start, update or stop at a time
  mutable std::mutex mutex_;  // the map
  std::map<std::string, Running, std::less<>> running_;
};

}  // namespace selene::models
