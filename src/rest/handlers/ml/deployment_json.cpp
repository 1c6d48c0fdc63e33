#include "rest/handlers/ml/deployment_json.h"

#include <chrono>

namespace selene::rest {

using models::TrainedDeployment;
using models::TrainedDeploymentParams;

namespace {

/// "2026-01-01T00:00:00.000Z"
std::string iso_time(int64_t ms) {
  using namespace std::chrono;
  const sys_time<milliseconds> time{milliseconds(ms)};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<milliseconds>(time - day));
  return base::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                      clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

std::string_view priority_name(models::DeploymentPriority priority) {
  return priority == models::DeploymentPriority::kLow ? "low" : "normal";
}

std::string cache_size(const TrainedDeployment& deployment) {
  const std::string& given = deployment.params.cache_size;
  return given.empty() ? base::format("{}b", deployment.config.model_size_bytes) : given;
}

/// Metadata that Eland sends along; 0 if it did not.
int64_t metadata_number(const models::TrainedConfig& config, std::string_view name) {
  const auto metadata = base::JsonDocument::parse(config.metadata.empty() ? "{}" : config.metadata);
  const base::JsonValue value = metadata ? metadata->root()[name] : base::JsonValue();
  return value.type() == base::JsonType::kInt64 ? value.as_int64() : 0;
}

void write_adaptive(base::JsonWriter& out, const TrainedDeploymentParams& params) {
  out.key("adaptive_allocations");
  params.adaptive_allocations.empty() ? out.null() : out.raw(params.adaptive_allocations);
}

void write_node(base::JsonWriter& out, const NodeInfo& node) {
  out.key("node").begin_object().key(node.node_id).begin_object();
  out.field("name", node.name).field("ephemeral_id", node.node_id).field("transport_address", node.http_address);
  out.key("attributes").begin_object().end_object().key("roles").begin_array();
  for (const std::string_view role : {"data", "ingest", "master", "ml"}) out.value(role);
  out.end_array().end_object().end_object();
}

void write_node_stats(base::JsonWriter& out, const TrainedDeployment& deployment, const NodeInfo& node) {
  out.begin_object();
  write_node(out, node);
  out.key("routing_state").begin_object().field("routing_state", "started").end_object();
  out.field("inference_count", deployment.inference_count);
  if (deployment.stats.num_requests > 0) {
    out.field("average_inference_time_ms",
              deployment.stats.compute_seconds * 1000.0 / static_cast<double>(deployment.stats.num_requests));
  }
  if (deployment.last_access_ms > 0) out.field("last_access", deployment.last_access_ms);
  out.field("number_of_pending_requests", deployment.stats.num_queued).field("start_time", deployment.start_time_ms);
  out.field("error_count", deployment.error_count).field("rejected_execution_count", deployment.stats.num_rejected);
  out.field("timeout_count", deployment.stats.num_dropped)
      .field("inference_cache_hit_count", deployment.stats.num_score_cache_hits);
  out.field("threads_per_allocation", deployment.params.threads_per_allocation);
  out.field("number_of_allocations", deployment.current_allocations);
  out.field("peak_throughput_per_minute", deployment.peak_throughput_per_minute);
  out.field("throughput_last_minute", deployment.throughput_last_minute).end_object();
}

}  // namespace

std::string adaptive_json(const models::DeploymentSize& size) {
  if (!size.adaptive.has_value()) return {};
  base::JsonWriter out;
  out.begin_object().field("enabled", true);
  if (size.adaptive->least) out.field("min_number_of_allocations", *size.adaptive->least);
  if (size.adaptive->most) out.field("max_number_of_allocations", *size.adaptive->most);
  return out.end_object().take();
}

std::string assignment_json(const TrainedDeployment& deployment, const NodeInfo& node) {
  const TrainedDeploymentParams& params = deployment.params;
  base::JsonWriter out;
  out.begin_object().key("assignment").begin_object().key("task_parameters").begin_object();
  out.field("model_id", params.model_id).field("deployment_id", params.deployment_id);
  out.field("model_bytes", deployment.config.model_size_bytes).field("threads_per_allocation", params.threads_per_allocation);
  out.field("number_of_allocations", deployment.current_allocations).field("queue_capacity", params.queue_capacity);
  out.field("cache_size", cache_size(deployment)).field("priority", priority_name(params.priority));
  if (params.tier) out.field("tier", models::tier_name(*params.tier));
  out.field("per_deployment_memory_bytes", metadata_number(deployment.config, "per_deployment_memory_bytes"));
  out.field("per_allocation_memory_bytes", metadata_number(deployment.config, "per_allocation_memory_bytes")).end_object();
  out.key("routing_table").begin_object().key(node.node_id).begin_object().field("routing_state", "started").field("reason", "");
  out.field("current_allocations", deployment.current_allocations).field("target_allocations", deployment.current_allocations);
  out.end_object().end_object().field("assignment_state", "started").field("start_time", iso_time(deployment.start_time_ms));
  out.field("max_assigned_allocations", deployment.current_allocations);
  write_adaptive(out, params);
  return out.end_object().end_object().take();
}

void write_deployment_stats(base::JsonWriter& out, const TrainedDeployment& deployment, const NodeInfo& node) {
  const TrainedDeploymentParams& params = deployment.params;
  out.key("deployment_stats").begin_object().field("deployment_id", params.deployment_id).field("model_id", params.model_id);
  out.field("threads_per_allocation", params.threads_per_allocation).field("number_of_allocations", deployment.current_allocations);
  if (!params.adaptive_allocations.empty()) write_adaptive(out, params);
  out.field("queue_capacity", params.queue_capacity).field("state", "started").key("allocation_status").begin_object();
  out.field("allocation_count", deployment.current_allocations).field("target_allocation_count", deployment.current_allocations);
  out.field("state", "fully_allocated").end_object().field("cache_size", cache_size(deployment));
  out.field("priority", priority_name(params.priority)).field("start_time", deployment.start_time_ms);
  out.field("peak_throughput_per_minute", deployment.peak_throughput_per_minute);
  out.field("inference_count", deployment.inference_count);
  if (deployment.error_count > 0) out.field("error_count", deployment.error_count);
  out.key("nodes").begin_array();
  write_node_stats(out, deployment, node);
  out.end_array().end_object();
}

}  // namespace selene::rest
