#include "models/registry/trained_deployment_params.h"

#include <array>
#include <bit>
#include <charconv>
#include <utility>

#include "models/registry/trained_config.h"
#include "models/registry/trained_json.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonWriter;

constexpr int32_t kMaxThreads = 32;
constexpr int32_t kMaxQueue = 1'000'000;

struct Adaptive {
  bool enabled = false;
  AllocationBounds bounds;
};

std::optional<int32_t> narrow(std::optional<int64_t> number) {
  if (!number) return std::nullopt;
  return static_cast<int32_t>(std::min<int64_t>(*number, INT32_MAX));
}

base::Result<Adaptive> parse_adaptive(std::string_view text) {
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::parse(text));
  FieldReader fields(document.root(), "adaptive_allocations");
  const bool enabled = fields.flag("enabled").value_or(false);
  const auto least = fields.integer("min_number_of_allocations");
  const auto most = fields.integer("max_number_of_allocations");
  RETURN_IF_ERROR(fields.finish());
  if (least && *least < 0) return validation_failed("[min_number_of_allocations] must be a non-negative integer or null");
  if (most && *most < 1) return validation_failed("[max_number_of_allocations] must be a positive integer or null");
  if (least && most && *most < *least) {
    return validation_failed("[max_number_of_allocations] must be greater than or equal to [min_number_of_allocations]");
  }
  return Adaptive{enabled, {narrow(least), narrow(most)}};
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

base::Status check_counts(const TrainedDeploymentParams& params) {
  if (params.number_of_allocations < 1) return validation_failed("[number_of_allocations] must be a positive integer");
  if (params.threads_per_allocation < 1) return validation_failed("[threads_per_allocation] must be a positive integer");
  const auto threads = static_cast<uint32_t>(params.threads_per_allocation);
  if (params.threads_per_allocation > kMaxThreads || !std::has_single_bit(threads)) {
    return validation_failed("[threads_per_allocation] must be a power of 2 less than or equal to 32");
  }
  if (params.queue_capacity < 1 || params.queue_capacity > kMaxQueue) {
    return validation_failed(base::format("[queue_capacity] must be a positive integer less than or equal to {}", kMaxQueue));
  }
  if (params.priority == DeploymentPriority::kNormal) return {};
  if (params.number_of_allocations != 1) return validation_failed("[number_of_allocations] must be 1 when [priority] is low");
  if (params.threads_per_allocation != 1) return validation_failed("[threads_per_allocation] must be 1 when [priority] is low");
  return {};
}

}  // namespace

base::Status TrainedDeploymentParams::check() const {
  RETURN_IF_ERROR(check_counts(*this));
  if (!adaptive_allocations.empty()) RETURN_IF_ERROR(parse_adaptive(adaptive_allocations));
  if (!cache_size.empty() && !cache_bytes(cache_size)) {
    return Error(ErrorCode::kIllegalArgument,
                 "failed to parse setting [cache_size] with value [{}] as a size in bytes: unit is missing or unrecognized",
                 cache_size);
  }
  return check_model_id(deployment_id.starts_with('.') ? std::string_view(deployment_id).substr(1)
                                                       : std::string_view(deployment_id));
}

DeploymentSize TrainedDeploymentParams::size() const {
  DeploymentSize size{threads_per_allocation, number_of_allocations, std::nullopt};
  if (adaptive_allocations.empty()) return size;
  if (const auto adaptive = parse_adaptive(adaptive_allocations); adaptive && adaptive->enabled) size.adaptive = adaptive->bounds;
  return size;
}

DeploymentOptions TrainedDeploymentParams::options(int32_t available) const {
  DeploymentOptions options;
  options.queue_capacity = queue_capacity;
  options.score_cache_bytes = cache_bytes(cache_size).value_or(options.score_cache_bytes);
  return sized(options, size(), available);
}

std::string TrainedDeploymentParams::to_record(int64_t start_time_ms) const {
  JsonWriter out;
  out.begin_object().field("model_id", model_id).field("number_of_allocations", number_of_allocations);
  out.field("threads_per_allocation", threads_per_allocation).field("queue_capacity", queue_capacity);
  out.field("low_priority", priority == DeploymentPriority::kLow).field("cache_size", cache_size);
  out.field("adaptive_allocations", adaptive_allocations).field("start_time", start_time_ms);
  if (tier) out.field("tier", tier_name(*tier));
  return out.end_object().take();
}

base::Result<TrainedDeploymentParams::Record> TrainedDeploymentParams::from_record(std::string_view deployment_id,
                                                                                   std::string_view bytes) {
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::parse(bytes));
  FieldReader fields(document.root(), "trained_model_deployment");
  Record record;
  TrainedDeploymentParams& params = record.params;
  params.deployment_id = deployment_id;
  params.model_id = fields.text("model_id").value_or("");
  params.number_of_allocations = narrow(fields.integer("number_of_allocations")).value_or(1);
  params.threads_per_allocation = narrow(fields.integer("threads_per_allocation")).value_or(1);
  params.queue_capacity = narrow(fields.integer("queue_capacity")).value_or(1024);
  params.priority = fields.flag("low_priority").value_or(false) ? DeploymentPriority::kLow : DeploymentPriority::kNormal;
  params.cache_size = fields.text("cache_size").value_or("");
  params.adaptive_allocations = fields.text("adaptive_allocations").value_or("");
  record.start_time_ms = fields.integer("start_time").value_or(0);
  if (const auto tier = fields.text("tier")) {
    ASSIGN_OR_RETURN(params.tier, parse_tier(*tier));
  }
  RETURN_IF_ERROR(fields.finish());
  return record;
}

}  // namespace selene::models
