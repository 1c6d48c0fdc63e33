#include "models/registry/trained_deployments.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <utility>

#include "base/wildcard.h"
#include "models/registry/trained_json.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::JsonWriter;

constexpr std::string_view kDeployments = "trained_model_deployment";
constexpr int32_t kMaxThreads = 32;
constexpr int32_t kMaxQueue = 1'000'000;

Error not_deployed(std::string_view model_id) {
  return Error(ErrorCode::kStatusConflict,
               "Model [{}] must be deployed to use. Please deploy with the start trained model deployment API.", model_id);
}

std::string to_record(const TrainedDeploymentParams& params, int64_t start_time_ms) {
  JsonWriter out;
  out.begin_object().field("model_id", params.model_id).field("number_of_allocations", params.number_of_allocations);
  out.field("threads_per_allocation", params.threads_per_allocation).field("queue_capacity", params.queue_capacity);
  out.field("low_priority", params.priority == DeploymentPriority::kLow).field("cache_size", params.cache_size);
  out.field("adaptive_allocations", params.adaptive_allocations).field("start_time", start_time_ms);
  return out.end_object().take();
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

base::Status check_adaptive(std::string_view text) {
  const auto document = base::JsonDocument::parse(text);
  if (!document) return document.error();
  FieldReader fields(document->root(), "adaptive_allocations");
  fields.flag("enabled");
  const auto least = fields.integer("min_number_of_allocations");
  const auto most = fields.integer("max_number_of_allocations");
  RETURN_IF_ERROR(fields.finish());
  if (least && *least < 0) return validation_failed("[min_number_of_allocations] must be a non-negative integer or null");
  if (most && *most < 1) return validation_failed("[max_number_of_allocations] must be a positive integer or null");
  if (least && most && *most < *least) {
    return validation_failed("[max_number_of_allocations] must be greater than or equal to [min_number_of_allocations]");
  }
  return {};
}

DeploymentStats sum(DeploymentStats a, const DeploymentStats& b) {
  a.num_requests += b.num_requests;
  a.num_pairs += b.num_pairs;
  a.num_tokens += b.num_tokens;
  a.num_rejected += b.num_rejected;
  a.num_dropped += b.num_dropped;
  a.num_queued += b.num_queued;
  a.compute_seconds += b.compute_seconds;
  a.num_token_cache_hits += b.num_token_cache_hits;
  a.num_token_cache_misses += b.num_token_cache_misses;
  a.num_score_cache_hits += b.num_score_cache_hits;
  a.num_score_cache_misses += b.num_score_cache_misses;
  a.cache_bytes += b.cache_bytes;
  return a;
}

/// Figures of deployments that are no more: nothing of theirs waits or is kept.
DeploymentStats ended(const DeploymentStats& before, const Deployment& deployment) {
  DeploymentStats all = sum(before, deployment.stats());
  all.num_queued = 0;
  all.cache_bytes = 0;
  return all;
}

/// `cache_size` in bytes, `0` and `10kb` alike; nothing if it was not given or is no size.
std::optional<int64_t> cache_bytes(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, int>, 4> kUnits = {{{"gb", 30}, {"mb", 20}, {"kb", 10}, {"b", 0}}};
  int64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || number < 0) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<size_t>(end - text.data()));
  if (unit.empty()) return number == 0 ? std::optional<int64_t>(0) : std::nullopt;
  for (const auto& [name, shift] : kUnits) {
    if (unit == name && number <= (INT64_MAX >> shift)) return number << shift;
  }
  return std::nullopt;
}

/// Documents that have none of what the model reads.
int64_t documents_without(const TrainedConfig& config, JsonValue docs) {
  int64_t missing = 0;
  for (const JsonValue document : docs.as_array()) missing += document[config.input_fields.front()].is_null() ? 1 : 0;
  return missing;
}

}  // namespace

base::Status TrainedDeploymentParams::check() const {
  if (number_of_allocations < 1) return validation_failed("[number_of_allocations] must be a positive integer");
  if (threads_per_allocation < 1) return validation_failed("[threads_per_allocation] must be a positive integer");
  if (threads_per_allocation > kMaxThreads || !std::has_single_bit(static_cast<uint32_t>(threads_per_allocation))) {
    return validation_failed("[threads_per_allocation] must be a power of 2 less than or equal to 32");
  }
  if (queue_capacity < 1 || queue_capacity > kMaxQueue) {
    return validation_failed(base::format("[queue_capacity] must be a positive integer less than or equal to {}", kMaxQueue));
  }
  if (priority == DeploymentPriority::kLow && number_of_allocations != 1) {
    return validation_failed("[number_of_allocations] must be 1 when [priority] is low");
  }
  if (priority == DeploymentPriority::kLow && threads_per_allocation != 1) {
    return validation_failed("[threads_per_allocation] must be 1 when [priority] is low");
  }
  if (!adaptive_allocations.empty()) RETURN_IF_ERROR(check_adaptive(adaptive_allocations));
  if (!cache_size.empty() && !cache_bytes(cache_size)) {
    return Error(ErrorCode::kIllegalArgument,
                 "failed to parse setting [cache_size] with value [{}] as a size in bytes: unit is missing or unrecognized",
                 cache_size);
  }
  return check_model_id(deployment_id.starts_with('.') ? std::string_view(deployment_id).substr(1)
                                                       : std::string_view(deployment_id));
}

base::Result<std::unique_ptr<TrainedDeployments>> TrainedDeployments::open(Options options, TrainedModelStore& store,
                                                                           ModelRegistry& registry) {
  std::unique_ptr<TrainedDeployments> deployments(new TrainedDeployments(options, store, registry));
  RETURN_IF_ERROR(deployments->load());
  return deployments;
}

base::Status TrainedDeployments::load() {
  ASSIGN_OR_RETURN(const auto records, store_.records().load_all(kDeployments));
  for (const auto& [id, bytes] : records) {
    ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::parse(bytes));
    FieldReader fields(document.root(), kDeployments);
    Running running;
    running.params.deployment_id = id;
    running.params.model_id = fields.text("model_id").value_or("");
    running.params.number_of_allocations = static_cast<int32_t>(fields.integer("number_of_allocations").value_or(1));
    running.params.threads_per_allocation = static_cast<int32_t>(fields.integer("threads_per_allocation").value_or(1));
    running.params.queue_capacity = static_cast<int32_t>(fields.integer("queue_capacity").value_or(1024));
    running.params.priority = fields.flag("low_priority").value_or(false) ? DeploymentPriority::kLow : DeploymentPriority::kNormal;
    running.params.cache_size = fields.text("cache_size").value_or("");
    running.params.adaptive_allocations = fields.text("adaptive_allocations").value_or("");
    running.start_time_ms = fields.integer("start_time").value_or(0);
    RETURN_IF_ERROR(fields.finish());
    if (store_.contains(running.params.model_id)) running_.emplace(id, std::move(running));
  }
  return {};
}

base::Status TrainedDeployments::save(const Running& running) const {
  return store_.records().put(kDeployments, running.params.deployment_id, to_record(running.params, running.start_time_ms));
}

base::Result<std::shared_ptr<Deployment>> TrainedDeployments::make_deployment(const TrainedDeploymentParams& params) {
  ASSIGN_OR_RETURN(auto model, registry_.get(params.model_id));
  DeploymentOptions options;
  const int32_t available = std::max(options_.max_threads, 1);
  options.num_threads = std::min(params.threads_per_allocation, available);
  options.num_allocations = std::min(params.number_of_allocations, std::max(available / options.num_threads, 1));
  options.queue_capacity = params.queue_capacity;
  options.score_cache_bytes = cache_bytes(params.cache_size).value_or(options.score_cache_bytes);
  return std::shared_ptr<Deployment>(Deployment::start(std::move(model), options));
}

base::Result<TrainedDeployment> TrainedDeployments::start(TrainedDeploymentParams params) {
  const std::scoped_lock changing(change_mutex_);
  ASSIGN_OR_RETURN(const TrainedModelInfo info, store_.get(params.model_id));
  params.model_id = info.config.model_id;
  if (params.deployment_id.empty()) params.deployment_id = params.model_id;
  RETURN_IF_ERROR(params.check());
  if (params.deployment_id != params.model_id && store_.contains(params.deployment_id)) {
    return Error(ErrorCode::kIllegalArgument,
                 "Deployment id [{}] is the same as an another model which is not the model being deployed. Deployment id can be "
                 "the same as the model "
                 "being deployed but cannot match a different model",
                 params.deployment_id);
  }
  if (find(params.deployment_id)) {
    return Error(ErrorCode::kStatusConflict,
                 "Could not start model deployment because an existing deployment with the same id [{}] exist",
                 params.deployment_id);
  }
  if (!can_run(info.config.task)) {
    return Error(ErrorCode::kIllegalArgument,
                 "model [{}] is for task [{}], which this server keeps but does not run; it runs [text_similarity, text_embedding, "
                 "text_expansion]",
                 params.model_id, trained_task_name(info.config.task));
  }
  Running running;
  running.params = std::move(params);
  running.start_time_ms = store_.clock().wall_ms();
  ASSIGN_OR_RETURN(running.deployment, make_deployment(running.params));
  RETURN_IF_ERROR(save(running));
  const std::scoped_lock lock(mutex_);
  const auto [at, added] = running_.insert_or_assign(running.params.deployment_id, running);
  return view(at->second);
}

base::Result<TrainedDeployment> TrainedDeployments::update(std::string_view deployment_id,
                                                           std::optional<int32_t> number_of_allocations,
                                                           std::optional<std::string> adaptive_allocations) {
  const std::scoped_lock changing(change_mutex_);
  Running changed;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = running_.find(deployment_id);
    if (found == running_.end()) {
      return Error(ErrorCode::kResourceNotFound, "deployment for model with id [{}] not found", deployment_id);
    }
    changed = found->second;
  }
  if (number_of_allocations) {
    changed.params.number_of_allocations = *number_of_allocations;
    changed.params.adaptive_allocations.clear();
  }
  if (adaptive_allocations) changed.params.adaptive_allocations = *adaptive_allocations;
  RETURN_IF_ERROR(changed.params.check());
  const std::shared_ptr<Deployment> before = changed.deployment;
  ASSIGN_OR_RETURN(changed.deployment, make_deployment(changed.params));
  RETURN_IF_ERROR(save(changed));
  TrainedDeployment after;
  {
    const std::scoped_lock lock(mutex_);
    Running& running = running_.find(deployment_id)->second;
    running.params = changed.params;
    running.deployment = changed.deployment;
    if (before != nullptr) running.before = ended(running.before, *before);
    after = view(running);
  }
  return after;  // requests that hold the one before end on it; its threads end with the last of them
}

base::Status TrainedDeployments::stop(std::string_view expression, TrainedModelStore::NoMatch no_match) {
  const std::scoped_lock changing(change_mutex_);
  std::vector<std::shared_ptr<Deployment>> stopped;
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
  for (const auto& deployment : stopped) {
    if (deployment != nullptr) deployment->stop();
  }
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
  shown.stats = running.deployment != nullptr ? sum(running.before, running.deployment->stats()) : running.before;
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

base::Result<std::shared_ptr<Deployment>> TrainedDeployments::running_deployment(const std::string& deployment_id) {
  TrainedDeploymentParams params;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = running_.find(deployment_id);
    if (found == running_.end()) return not_deployed(deployment_id);
    if (found->second.deployment != nullptr) return found->second.deployment;
    params = found->second.params;
  }
  const std::scoped_lock changing(change_mutex_);  // the first use after a restart loads it
  {
    const std::scoped_lock lock(mutex_);
    const auto found = running_.find(deployment_id);
    if (found == running_.end()) return not_deployed(deployment_id);
    if (found->second.deployment != nullptr) return found->second.deployment;
  }
  ASSIGN_OR_RETURN(auto deployment, make_deployment(params));
  const std::scoped_lock lock(mutex_);
  running_.find(deployment_id)->second.deployment = deployment;
  return deployment;
}

base::Result<std::vector<std::string>> TrainedDeployments::infer(std::string_view id, JsonValue docs, JsonValue inference_config,
                                                                 PrefixType prefix, const base::Cancellation& cancellation) {
  ASSIGN_OR_RETURN(const std::string deployment_id, deployment_for(id));
  ASSIGN_OR_RETURN(const std::shared_ptr<Deployment> deployment, running_deployment(deployment_id));
  const auto shown = find(deployment_id);
  if (!shown) return not_deployed(id);
  ASSIGN_OR_RETURN(const InferenceUpdate update, InferenceUpdate::parse(shown->config, inference_config));
  auto results = run_trained_inference(shown->config, update, prefix, docs, *deployment, cancellation);
  const bool answered = results.has_value();
  count(deployment_id, static_cast<int64_t>(docs.as_array().size()), answered ? documents_without(shown->config, docs) : 0,
        answered ? 0 : 1);
  return results;
}

void TrainedDeployments::count(const std::string& deployment_id, int64_t documents, int64_t missing, int64_t errors) {
  const int64_t now_ms = store_.clock().wall_ms();
  const std::scoped_lock lock(mutex_);
  const auto found = running_.find(deployment_id);
  if (found == running_.end()) return;
  Running& running = found->second;
  running.error_count += errors;
  running.last_access_ms = now_ms;
  if (errors > 0) return;
  running.inference_count += documents - missing;
  running.missing_field_count += missing;
  running.throughput.add(now_ms, documents - missing);
}

/// A fresh deployment of the same model in place of the running one, which ends with the last of its requests.
base::Status TrainedDeployments::replace(const std::string& deployment_id) {
  TrainedDeploymentParams params;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = running_.find(deployment_id);
    if (found == running_.end() || found->second.deployment == nullptr) return {};
    params = found->second.params;
  }
  ASSIGN_OR_RETURN(std::shared_ptr<Deployment> fresh, make_deployment(params));
  const std::scoped_lock lock(mutex_);
  Running& running = running_.find(deployment_id)->second;  // change_mutex_ keeps it there
  fresh.swap(running.deployment);
  running.before = ended(running.before, *fresh);
  return {};
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
  for (const std::string& deployment_id : ids) RETURN_IF_ERROR(replace(deployment_id));
  return {};
}

std::shared_ptr<Deployment> TrainedDeployments::deployment(std::string_view deployment_id) {
  auto found = running_deployment(std::string(deployment_id));
  return found.has_value() ? *std::move(found) : nullptr;
}

void TrainedDeployments::close() {
  std::vector<std::shared_ptr<Deployment>> all;
  {
    const std::scoped_lock lock(mutex_);
    for (auto& [id, running] : running_) all.push_back(std::move(running.deployment));
  }
  for (const auto& deployment : all) {
    if (deployment != nullptr) deployment->stop();
  }
}

}  // namespace selene::models
