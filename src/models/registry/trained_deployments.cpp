#include "models/registry/trained_deployments.h"

#include <algorithm>
#include <utility>

#include "base/wildcard.h"
#include "models/registry/counted_deployment.h"
#include "models/registry/trained_json.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;

constexpr std::string_view kDeployments = "trained_model_deployment";

Error not_deployed(std::string_view model_id) {
  return Error(ErrorCode::kStatusConflict,
               "Model [{}] must be deployed to use. Please deploy with the start trained model deployment API.", model_id);
}

/// Whether `expression` (a comma list with wildcards) names `name`.
bool names(std::string_view expression, std::string_view name) {
  for (std::string_view rest = expression; !rest.empty();) {
    const size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view one = rest.substr(0, comma);
    if (one == "_all" || base::matches_wildcard(one, name)) return true;
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return false;
}

/// Documents that have none of what the model reads.
int64_t documents_without(const TrainedConfig& config, JsonValue docs) {
  int64_t missing = 0;
  for (const JsonValue document : docs.as_array()) missing += document[config.input_fields.front()].is_null() ? 1 : 0;
  return missing;
}

}  // namespace

base::Result<std::unique_ptr<TrainedDeployments>> TrainedDeployments::open(Options options, TrainedModelStore& store,
                                                                           ModelRegistry& registry) {
  std::unique_ptr<TrainedDeployments> deployments(new TrainedDeployments(options, store, registry));
  RETURN_IF_ERROR(deployments->load());
  return deployments;
}

base::Status TrainedDeployments::load() {
  ASSIGN_OR_RETURN(const auto records, store_.records().load_all(kDeployments));
  for (const auto& [id, bytes] : records) {
    ASSIGN_OR_RETURN(TrainedDeploymentParams::Record record, TrainedDeploymentParams::from_record(id, bytes));
    if (!store_.contains(record.params.model_id)) continue;
    Running running;
    running.params = std::move(record.params);
    running.start_time_ms = record.start_time_ms;
    running.deployment = make_deployment(running.params);
    running_.emplace(id, std::move(running));
  }
  return {};
}

base::Status TrainedDeployments::save(const Running& running) const {
  return store_.records().put(kDeployments, running.params.deployment_id, running.params.to_record(running.start_time_ms));
}

/// Not started yet.
std::shared_ptr<ScaledDeployment> TrainedDeployments::make_deployment(const TrainedDeploymentParams& params) const {
  const auto start = [&registry = registry_, available = options_.max_threads,
                      params]() -> base::Result<std::unique_ptr<Deployment>> {
    ASSIGN_OR_RETURN(auto model, registry.get(params.model_id, params.tier));
    return Deployment::start(std::move(model), params.options(available));
  };
  using Scaling = ScaledDeployment::Scaling;
  return std::make_shared<ScaledDeployment>(start, params.size().scales_to_zero() ? Scaling::kDownToZero : Scaling::kFixed);
}

base::Status TrainedDeployments::check_new(const TrainedDeploymentParams& params, TrainedTask task) const {
  RETURN_IF_ERROR(params.check());
  if (params.deployment_id != params.model_id && store_.contains(params.deployment_id)) {
    return Error(ErrorCode::kIllegalArgument,
                 "Deployment id [{}] is the same as an another model which is not the model being deployed. Deployment id can be "
                 "the same as the model being deployed but cannot match a different model",
                 params.deployment_id);
  }
  if (find(params.deployment_id)) {
    return Error(ErrorCode::kStatusConflict,
                 "Could not start model deployment because an existing deployment with the same id [{}] exist",
                 params.deployment_id);
  }
  if (can_run(task)) return {};
  return Error(ErrorCode::kIllegalArgument,
               "model [{}] is for task [{}], which this server keeps but does not run; it runs [text_similarity, text_embedding, "
               "text_expansion]",
               params.model_id, trained_task_name(task));
}

base::Result<TrainedDeployment> TrainedDeployments::start(TrainedDeploymentParams params) {
  const std::scoped_lock changing(change_mutex_);
  ASSIGN_OR_RETURN(const TrainedModelInfo info, store_.get(params.model_id));
  params.model_id = info.config.model_id;
  if (params.deployment_id.empty()) params.deployment_id = params.model_id;
  RETURN_IF_ERROR(check_new(params, info.config.task));
  Running running;
  running.params = std::move(params);
  running.start_time_ms = store_.clock().wall_ms();
  running.deployment = make_deployment(running.params);
  RETURN_IF_ERROR(running.deployment->lease(ScaledDeployment::Time::clock::now()));
  RETURN_IF_ERROR(save(running));
  const std::scoped_lock lock(mutex_);
  const auto [at, added] = running_.insert_or_assign(running.params.deployment_id, running);
  return view(at->second);
}

base::Result<TrainedDeployment> TrainedDeployments::update(std::string_view deployment_id,
                                                           std::optional<int32_t> number_of_allocations,
                                                           std::optional<std::string> adaptive_allocations) {
  const std::scoped_lock changing(change_mutex_);
  const auto shown = find(deployment_id);
  if (!shown) return Error(ErrorCode::kResourceNotFound, "deployment for model with id [{}] not found", deployment_id);
  TrainedDeploymentParams params = shown->params;
  if (number_of_allocations) {
    params.number_of_allocations = *number_of_allocations;
    params.adaptive_allocations.clear();
  }
  if (adaptive_allocations) params.adaptive_allocations = *adaptive_allocations;
  RETURN_IF_ERROR(params.check());
  RETURN_IF_ERROR(store_.records().put(kDeployments, deployment_id, params.to_record(shown->start_time_ms)));
  return replace(std::string(deployment_id), params);
}

base::Status TrainedDeployments::stop(std::string_view expression, TrainedModelStore::NoMatch no_match) {
  const std::scoped_lock changing(change_mutex_);
  std::vector<std::shared_ptr<ScaledDeployment>> stopped;
  const std::string model_of_alias = store_.alias_target(expression);
  std::vector<std::string> ids;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [id, running] : running_) {
      const bool by_alias = !model_of_alias.empty() && running.params.model_id == model_of_alias;
      if (by_alias || names(expression, id) || names(expression, running.params.model_id)) ids.push_back(id);
    }
  }
  if (ids.empty() && no_match == TrainedModelStore::NoMatch::kRefuse) {
    return Error(ErrorCode::kResourceNotFound, "No known model deployment with id [{}]", expression);
  }
  for (const std::string& id : ids) {
    RETURN_IF_ERROR(store_.records().remove(kDeployments, id));
    const std::scoped_lock lock(mutex_);
    const auto found = running_.find(id);
    stopped.push_back(found->second.deployment);
    running_.erase(found);
  }
  for (const auto& deployment : stopped) deployment->stop();
  return {};
}

/// REQUIRES: mutex_ held.
TrainedDeployment TrainedDeployments::view(const Running& running) const {
  TrainedDeployment shown;
  shown.params = running.params;
  if (const auto info = store_.get(running.params.model_id)) shown.config = info->config;
  shown.start_time_ms = running.start_time_ms;
  shown.inference_count = running.inference_count;
  shown.error_count = running.error_count;
  shown.missing_field_count = running.missing_field_count;
  shown.last_access_ms = running.last_access_ms;
  ThroughputMeter throughput = running.throughput;
  shown.throughput_last_minute = throughput.last_minute(store_.clock().wall_ms());
  shown.peak_throughput_per_minute = throughput.peak();
  const std::shared_ptr<Deployment> active = running.deployment->running();
  shown.is_running = active != nullptr;
  const DeploymentSize size = running.params.size();
  shown.current_allocations = active != nullptr || !size.scales_to_zero() ? current_allocations(size, options_.max_threads) : 0;
  shown.stats = running.before + running.deployment->usage().stats;
  return shown;
}

std::vector<TrainedDeployment> TrainedDeployments::of_model(std::string_view model_id) const {
  const std::scoped_lock lock(mutex_);
  std::vector<TrainedDeployment> found;
  for (const auto& [id, running] : running_) {
    if (running.params.model_id == model_id) found.push_back(view(running));
  }
  return found;
}

std::optional<TrainedDeployment> TrainedDeployments::find(std::string_view deployment_id) const {
  const std::scoped_lock lock(mutex_);
  const auto found = running_.find(deployment_id);
  if (found == running_.end()) return std::nullopt;
  return view(found->second);
}

/// The deployment that `id` means: its own, or the first of that model.
base::Result<std::string> TrainedDeployments::deployment_for(std::string_view id) const {
  {
    const std::scoped_lock lock(mutex_);
    if (running_.contains(id)) return std::string(id);
  }
  ASSIGN_OR_RETURN(const TrainedModelInfo info, store_.get(id));
  const std::scoped_lock lock(mutex_);
  for (const auto& [deployment_id, running] : running_) {
    if (running.params.model_id == info.config.model_id) return deployment_id;
  }
  return not_deployed(info.config.model_id);
}

base::Result<std::shared_ptr<Deployment>> TrainedDeployments::lease_uncounted(std::string_view deployment_id) {
  std::shared_ptr<ScaledDeployment> deployment;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = running_.find(deployment_id);
    if (found == running_.end()) return not_deployed(deployment_id);
    deployment = found->second.deployment;
  }
  return deployment->lease(ScaledDeployment::Time::clock::now());
}

base::Result<std::shared_ptr<Deployment>> TrainedDeployments::lease(std::string_view id) {
  ASSIGN_OR_RETURN(const std::string deployment_id, deployment_for(id));
  ASSIGN_OR_RETURN(std::shared_ptr<Deployment> running, lease_uncounted(deployment_id));
  auto counter = [this, deployment_id](int64_t inputs) { count(deployment_id, inputs, 0, inputs > 0 ? 0 : 1); };
  return std::make_shared<CountedDeployment>(std::move(running), std::move(counter));
}

base::Result<std::vector<std::string>> TrainedDeployments::infer(std::string_view id, JsonValue docs, JsonValue inference_config,
                                                                 PrefixType prefix, const base::Cancellation& cancellation) {
  ASSIGN_OR_RETURN(const std::string deployment_id, deployment_for(id));
  const auto shown = find(deployment_id);
  if (!shown) return not_deployed(id);
  ASSIGN_OR_RETURN(const InferenceUpdate update, InferenceUpdate::parse(shown->config, inference_config));
  ASSIGN_OR_RETURN(const auto running, lease_uncounted(deployment_id));
  auto results = run_trained_inference(shown->config, update, prefix, docs, *running, cancellation);
  const int64_t missing = documents_without(shown->config, docs);
  const auto documents = static_cast<int64_t>(docs.as_array().size());
  results ? count(deployment_id, documents - missing, missing, 0) : count(deployment_id, 0, 0, 1);
  return results;
}

void TrainedDeployments::count(const std::string& deployment_id, int64_t inferences, int64_t missing, int64_t errors) {
  const int64_t now_ms = store_.clock().wall_ms();
  const std::scoped_lock lock(mutex_);
  const auto found = running_.find(deployment_id);
  if (found == running_.end()) return;
  Running& running = found->second;
  running.error_count += errors;
  running.last_access_ms = now_ms;
  if (errors > 0) return;
  running.inference_count += inferences;
  running.missing_field_count += missing;
  running.throughput.add(now_ms, inferences);
}

/// A fresh deployment in place of the one there, which ends with the last of its requests. It starts at once, so that what cannot
/// be is told now.
/// REQUIRES: change_mutex_ held, the deployment is there.
base::Result<TrainedDeployment> TrainedDeployments::replace(const std::string& deployment_id,
                                                            const TrainedDeploymentParams& params) {
  std::shared_ptr<ScaledDeployment> fresh = make_deployment(params);
  RETURN_IF_ERROR(fresh->lease(ScaledDeployment::Time::clock::now()));
  const std::scoped_lock lock(mutex_);
  Running& running = running_.find(deployment_id)->second;
  fresh.swap(running.deployment);
  fresh->release();
  running.params = params;
  running.before = running.before + fresh->usage().stats;
  return view(running);
}

base::Status TrainedDeployments::clear_cache(std::string_view id) {
  const std::scoped_lock changing(change_mutex_);
  std::vector<std::string> ids;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [deployment_id, running] : running_) {
      if (deployment_id == id || running.params.model_id == id) ids.push_back(deployment_id);
    }
  }
  if (ids.empty()) return Error(ErrorCode::kResourceNotFound, "No known model deployment with id [{}]", id);
  for (const std::string& deployment_id : ids) {
    const auto shown = find(deployment_id);
    if (shown && shown->is_running) RETURN_IF_ERROR(replace(deployment_id, shown->params));
  }
  return {};
}

void TrainedDeployments::shrink_if_idle(ScaledDeployment::Time now, std::chrono::milliseconds idle_time) {
  for (const auto& deployment : all()) deployment->shrink_if_idle(now, idle_time);
}

std::vector<std::shared_ptr<ScaledDeployment>> TrainedDeployments::all() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::shared_ptr<ScaledDeployment>> deployments;
  for (const auto& [id, running] : running_) deployments.push_back(running.deployment);
  return deployments;
}

void TrainedDeployments::close() {
  for (const auto& deployment : all()) deployment->stop();
}

}  // namespace selene::models
