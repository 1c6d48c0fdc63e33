#include <algorithm>

#include "base/time_value.h"
#include "models/registry/trained_json.h"
#include "rest/handlers/ml/deployment_json.h"
#include "rest/handlers/ml/ml_handlers.h"
#include "rest/handlers/support.h"

namespace selene::rest {

using base::Error;
using base::ErrorCode;
using models::TrainedDeployment;
using models::TrainedDeploymentParams;
using models::TrainedModelInfo;
using models::TrainedModelStore;

namespace {

constexpr std::chrono::milliseconds kInferTimeout{30000};

base::Status set_priority(std::string_view name, TrainedDeploymentParams& params) {
  if (name != "low" && name != "normal") {
    return Error(ErrorCode::kIllegalArgument, "[priority] must be [low] or [normal]; provided [{}]", name);
  }
  params.priority = name == "low" ? models::DeploymentPriority::kLow : models::DeploymentPriority::kNormal;
  return {};
}

/// A count as the params hold it; what does not fit fails their check.
int32_t narrow(int64_t value) { return static_cast<int32_t>(std::clamp<int64_t>(value, -1, INT32_MAX)); }

/// Endpoints with deployments of their own of that model, as deployments named after the endpoint.
std::vector<TrainedDeployment> endpoint_deployments(const Services& services, const TrainedModelInfo& model) {
  std::vector<TrainedDeployment> shown;
  const auto now = models::ScaledDeployment::Time::clock::now();
  const int64_t now_ms = services.trained_models.clock().wall_ms();
  const auto wall_ms = [&](models::ScaledDeployment::Time time) {
    return now_ms - std::chrono::duration_cast<std::chrono::milliseconds>(now - time).count();
  };
  for (const inference::EndpointDeployment& own : services.inference.own_deployments()) {
    const auto used = services.trained_models.get(own.model_id);  // it may be an alias
    if (!used || used->config.model_id != model.config.model_id || !own.usage.last_use) continue;
    TrainedDeployment& one = shown.emplace_back();
    one.config = model.config;
    one.params.model_id = model.config.model_id;
    one.params.deployment_id = own.inference_id;
    one.params.threads_per_allocation = own.size.threads_per_allocation;
    one.params.number_of_allocations = own.size.num_allocations;
    one.params.queue_capacity = own.queue_capacity;
    one.params.adaptive_allocations = adaptive_json(own.size);
    one.is_running = own.usage.started.has_value();
    one.current_allocations = own.current_allocations;
    one.start_time_ms = wall_ms(own.usage.started.value_or(*own.usage.last_use));
    one.last_access_ms = wall_ms(*own.usage.last_use);
    one.stats = own.usage.stats;
    one.inference_count = one.stats.num_pairs + one.stats.num_score_cache_hits;
  }
  return shown;
}

/// The same names in the URL and in the body; the body wins.
base::Status read_start_params(const RestRequest& request, base::JsonValue body, TrainedDeploymentParams& params) {
  models::FieldReader fields(body, "start_trained_model_deployment");
  const auto number = [&](std::string_view name, int32_t fallback) -> base::Result<int32_t> {
    const auto given = fields.integer(name);
    if (given) return narrow(*given);
    ASSIGN_OR_RETURN(const int64_t value, request.int_param(name, fallback));
    return narrow(value);
  };
  const auto text = [&](std::string_view name) -> std::string {
    if (auto given = fields.text(name)) return *given;
    return std::string(request.param(name).value_or(""));
  };
  const bool counted = request.param("number_of_allocations").has_value() || body["number_of_allocations"].exists();
  ASSIGN_OR_RETURN(params.number_of_allocations, number("number_of_allocations", 1));
  ASSIGN_OR_RETURN(params.threads_per_allocation, number("threads_per_allocation", 1));
  ASSIGN_OR_RETURN(params.queue_capacity, number("queue_capacity", 1024));
  params.cache_size = text("cache_size");
  params.deployment_id = text("deployment_id");
  const std::string priority = text("priority");
  if (!priority.empty()) RETURN_IF_ERROR(set_priority(priority, params));
  const std::string wait_for = text("wait_for");
  if (!wait_for.empty() && wait_for != "started" && wait_for != "starting" && wait_for != "fully_allocated") {
    return Error(ErrorCode::kIllegalArgument, "[wait_for] must be one of [starting, started, fully_allocated]; provided [{}]",
                 wait_for);
  }
  if (const std::string tier = text("tier"); !tier.empty()) {
    ASSIGN_OR_RETURN(params.tier, models::parse_tier(tier));
  }
  fields.text("model_id");
  fields.text("timeout");
  params.adaptive_allocations = fields.object_text("adaptive_allocations");
  RETURN_IF_ERROR(fields.finish());
  if (counted && !params.adaptive_allocations.empty()) {
    return Error(ErrorCode::kIllegalArgument, "[number_of_allocations] cannot be set if adaptive allocations is enabled");
  }
  return {};
}

void write_model_stats(base::JsonWriter& out, const Services& services, const TrainedModelInfo& model,
                       const TrainedDeployment* deployment) {
  const int64_t size = model.config.model_size_bytes;
  out.begin_object().field("model_id", model.config.model_id).key("model_size_stats").begin_object();
  out.field("model_size_bytes", size).field("required_native_memory_bytes", 2 * size).end_object();
  out.field("pipeline_count", pipelines_using_model(services, model.config.model_id).size());
  if (deployment != nullptr) {
    out.key("inference_stats").begin_object().field("failure_count", deployment->error_count);
    out.field("inference_count", deployment->inference_count).field("cache_miss_count", 0);
    out.field("missing_all_fields_count", deployment->missing_field_count);
    out.field("timestamp", deployment->last_access_ms > 0 ? deployment->last_access_ms : deployment->start_time_ms).end_object();
    write_deployment_stats(out, *deployment, services.node);
  }
  out.end_object();
}

base::Result<models::PrefixType> prefix_type(std::string_view name) {
  if (name.empty() || name == "none") return models::PrefixType::kNone;
  if (name == "search") return models::PrefixType::kSearch;
  if (name == "ingest") return models::PrefixType::kIngest;
  return Error(ErrorCode::kIllegalArgument, "[prefix_type] must be one of [search, ingest, none]; provided [{}]", name);
}

}  // namespace

base::Result<RestResponse> start_deployment(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, optional_body(request));
  RETURN_IF_ERROR(request.time_param("timeout", kInferTimeout));
  TrainedDeploymentParams params;
  params.model_id = request.path_param("id");
  RETURN_IF_ERROR(read_start_params(request, body.root(), params));
  ASSIGN_OR_RETURN(const TrainedDeployment started, services.trained_deployments.start(std::move(params)));
  return json_response(assignment_json(started, services.node));
}

base::Result<RestResponse> update_deployment(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, optional_body(request));
  models::FieldReader fields(body.root(), "update_trained_model_deployment");
  std::optional<int64_t> allocations = fields.integer("number_of_allocations");
  const std::string adaptive = fields.object_text("adaptive_allocations");
  RETURN_IF_ERROR(fields.finish());
  if (!allocations && request.param("number_of_allocations")) {
    ASSIGN_OR_RETURN(allocations, request.int_param("number_of_allocations", 1));
  }
  if (allocations && !adaptive.empty()) {
    return Error(ErrorCode::kIllegalArgument, "[number_of_allocations] cannot be set if adaptive allocations is enabled");
  }
  const auto narrowed = allocations ? std::optional(narrow(*allocations)) : std::nullopt;
  ASSIGN_OR_RETURN(const TrainedDeployment updated,
                   services.trained_deployments.update(request.path_param("id"), narrowed,
                                                       adaptive.empty() ? std::nullopt : std::optional(adaptive)));
  return json_response(assignment_json(updated, services.node));
}

base::Result<RestResponse> stop_deployment(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, optional_body(request));
  models::FieldReader fields(body.root(), "stop_trained_model_deployment");
  const auto body_match = fields.flag("allow_no_match");
  const auto body_force = fields.flag("force");
  fields.flag("finish_pending_work");
  fields.text("id");
  RETURN_IF_ERROR(fields.finish());
  ASSIGN_OR_RETURN(const bool allow_no_match, request.bool_param("allow_no_match", body_match.value_or(true)));
  ASSIGN_OR_RETURN(const bool force, request.bool_param("force", body_force.value_or(false)));
  RETURN_IF_ERROR(request.bool_param("finish_pending_work", false));
  const std::string_view id = request.path_param("id");
  if (!force && services.trained_deployments.find(id) && endpoint_names(services, "deployment_id", id)) {
    return Error(ErrorCode::kStatusConflict,
                 "Cannot stop deployment [{}] as it is used by inference endpoints; use force to stop the deployment", id);
  }
  if (!force && services.trained_deployments.find(id) && !services.pipelines.using_inference(id).empty()) {
    return Error(ErrorCode::kStatusConflict,
                 "Cannot stop deployment [{}] as it is referenced by ingest processors; use force to stop the deployment", id);
  }
  RETURN_IF_ERROR(services.trained_deployments.stop(
      id, allow_no_match ? TrainedModelStore::NoMatch::kAllow : TrainedModelStore::NoMatch::kRefuse));
  return json_response(R"({"stopped":true})");
}

base::Result<RestResponse> clear_deployment_cache(const Services& services, const RestRequest& request) {
  RETURN_IF_ERROR(request.time_param("timeout", kInferTimeout));
  RETURN_IF_ERROR(services.trained_deployments.clear_cache(request.path_param("id")));
  return json_response(R"({"cleared":true})");
}

base::Result<RestResponse> trained_model_stats(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const bool allow_no_match, request.bool_param("allow_no_match", true));
  ASSIGN_OR_RETURN(const int64_t from, request.int_param("from", 0));
  ASSIGN_OR_RETURN(const int64_t size, request.int_param("size", 100));
  if (from < 0 || size < 0) return Error(ErrorCode::kIllegalArgument, "Parameter [{}] cannot be < 0", from < 0 ? "from" : "size");
  const auto no_match = allow_no_match ? TrainedModelStore::NoMatch::kAllow : TrainedModelStore::NoMatch::kRefuse;
  ASSIGN_OR_RETURN(const auto models, services.trained_models.find(request.path_param("id"), no_match));
  base::JsonWriter out;
  out.begin_object().field("count", models.size()).key("trained_model_stats").begin_array();
  for (size_t i = static_cast<size_t>(from); i < models.size() && i - static_cast<size_t>(from) < static_cast<size_t>(size); ++i) {
    auto deployments = services.trained_deployments.of_model(models[i].config.model_id);
    for (TrainedDeployment& own : endpoint_deployments(services, models[i])) deployments.push_back(std::move(own));
    std::sort(deployments.begin(), deployments.end(), [](const TrainedDeployment& a, const TrainedDeployment& b) {
      return a.params.deployment_id < b.params.deployment_id;
    });
    if (deployments.empty()) write_model_stats(out, services, models[i], nullptr);
    for (const TrainedDeployment& deployment : deployments) write_model_stats(out, services, models[i], &deployment);
  }
  return json_response(out.end_array().end_object().take());
}

base::Result<RestResponse> infer_trained_model(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, required_body(request));
  models::FieldReader fields(body.root(), "infer_trained_model");
  const base::JsonValue docs = fields.value("docs");
  const base::JsonValue config = fields.value("inference_config");
  const std::string prefix_name = fields.text("prefix_type").value_or(std::string(request.param("prefix_type").value_or("")));
  const auto body_timeout = fields.text("timeout");
  RETURN_IF_ERROR(fields.finish());
  if (!docs.is_array() || docs.as_array().empty()) {
    return Error(ErrorCode::kActionRequestValidation, "Validation Failed: 1: [docs] must be a non-empty array of objects;");
  }
  ASSIGN_OR_RETURN(auto timeout, request.time_param("timeout", kInferTimeout));
  if (body_timeout) {
    ASSIGN_OR_RETURN(const int64_t ms, base::parse_time_value_ms(*body_timeout, "timeout"));
    timeout = std::chrono::milliseconds(ms);
  }
  ASSIGN_OR_RETURN(const models::PrefixType prefix, prefix_type(prefix_name));
  const bool bounded = timeout.count() >= 0 && timeout < std::chrono::hours(24 * 365);
  const base::Cancellation cancellation =
      bounded ? request.cancellation().with_deadline(base::Cancellation::Clock::now() + timeout) : request.cancellation();
  ASSIGN_OR_RETURN(const std::vector<std::string> results,
                   services.trained_deployments.infer(request.path_param("id"), docs, config, prefix, cancellation));
  base::JsonWriter out;
  out.begin_object().key("inference_results").begin_array();
  for (const std::string& result : results) out.raw(result);
  return json_response(out.end_array().end_object().take());
}

base::Result<RestResponse> ml_info(const Services& /*services*/, const RestRequest& /*request*/) {
  base::JsonWriter out;
  out.begin_object().key("defaults").begin_object().key("trained_models").begin_object();
  out.field("queue_capacity", 1024).field("number_of_allocations", 1).field("threads_per_allocation", 1).end_object().end_object();
  out.field("upgrade_mode", false)
      .key("native_code")
      .begin_object()
      .field("version", "9.5.0")
      .field("build_hash", "selene")
      .end_object();
  out.key("limits").begin_object().end_object();
  return json_response(out.end_object().take());
}

}  // namespace selene::rest
