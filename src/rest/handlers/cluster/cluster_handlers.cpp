#include "rest/handlers/cluster/cluster_handlers.h"

#include <charconv>

#include "rest/handlers/cluster/health.h"
#include "rest/handlers/support.h"

namespace selene::rest {

namespace {

using base::Error;
using base::ErrorCode;
using Indices = std::vector<std::shared_ptr<index::Index>>;

/// green 0, yellow 1, red 2.
base::Result<int> status_rank(std::string_view status) {
  if (status == "green") return 0;
  if (status == "yellow") return 1;
  if (status == "red") return 2;
  return Error(ErrorCode::kIllegalArgument, "No enum constant org.elasticsearch.cluster.health.ClusterHealthStatus.{}",
               upper_case(status));
}

/// Whether one node is as many as `wait_for_nodes` wants: `2`, `>=2`, `ge(2)` and the like.
base::Result<bool> are_enough_nodes(std::string_view text) {
  struct Form {
    std::string_view sign;
    std::string_view word;
    bool (*holds)(int64_t nodes, int64_t wanted);
  };
  constexpr Form kForms[] = {
      {">=", "ge(", [](int64_t nodes, int64_t wanted) { return nodes >= wanted; }},
      {"<=", "le(", [](int64_t nodes, int64_t wanted) { return nodes <= wanted; }},
      {">", "gt(", [](int64_t nodes, int64_t wanted) { return nodes > wanted; }},
      {"<", "lt(", [](int64_t nodes, int64_t wanted) { return nodes < wanted; }},
      {"", "", [](int64_t nodes, int64_t wanted) { return nodes >= wanted; }},
  };
  for (const Form& form : kForms) {
    const bool word = !form.word.empty() && text.starts_with(form.word) && text.ends_with(')');
    if (!word && !text.starts_with(form.sign)) continue;
    const std::string_view digits =
        word ? text.substr(form.word.size(), text.size() - form.word.size() - 1) : text.substr(form.sign.size());
    int64_t wanted = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), wanted);
    if (digits.empty() || fault != std::errc() || end != digits.data() + digits.size())
      return Error(ErrorCode::kNumberFormat, "For input string: \"{}\"", digits);
    return form.holds(1, wanted);
  }
  return true;
}

void write_shard_counts(base::JsonWriter& out, const Health& health) {
  out.field("active_primary_shards", health.primaries).field("active_shards", health.primaries).field("relocating_shards", 0);
  out.field("initializing_shards", 0).field("unassigned_shards", health.replicas).field("unassigned_primary_shards", 0);
}

void write_index_health(base::JsonWriter& out, const std::shared_ptr<index::Index>& index) {
  const Health health = health_of({index});
  out.key(index->name).begin_object().field("status", health.status());
  out.field("number_of_shards", 1).field("number_of_replicas", index->settings.number_of_replicas);
  write_shard_counts(out, health);
  out.end_object();
}

}  // namespace

base::Result<RestResponse> cluster_health(const Services& services, const RestRequest& request) {
  const auto resolved = resolve_indices(services.catalog, request, Reach::kHidden);
  const bool missing = !resolved && resolved.error().code() == ErrorCode::kIndexNotFound;
  if (!resolved && !missing) return resolved.error();
  const Indices indices = resolved ? *resolved : Indices();
  const Health health = health_of(indices);
  const std::string_view status = missing ? "red" : health.status();
  // Nothing a wait could bring changes while one node is all there is: a status not reached now is a time-out.
  bool timed_out = missing;
  if (const auto wanted = request.param("wait_for_status")) {
    ASSIGN_OR_RETURN(const int least, status_rank(*wanted));
    ASSIGN_OR_RETURN(const int now, status_rank(status));
    timed_out = timed_out || now > least;
  }
  if (const auto wanted = request.param("wait_for_active_shards")) {
    ASSIGN_OR_RETURN(const index::ActiveShardCount count, index::ActiveShardCount::parse(*wanted));
    const auto other_copies = static_cast<int32_t>(health.primaries + health.replicas - 1);
    timed_out = timed_out || count.needed(other_copies) > health.primaries;
  }
  if (const auto wanted = request.param("wait_for_nodes"); wanted && !wanted->empty()) {
    ASSIGN_OR_RETURN(const bool enough, are_enough_nodes(*wanted));
    timed_out = timed_out || !enough;
  }
  base::JsonWriter out;
  out.begin_object().field("cluster_name", services.node.cluster_name).field("status", status).field("timed_out", timed_out);
  out.field("number_of_nodes", 1).field("number_of_data_nodes", 1);
  write_shard_counts(out, health);
  out.field("delayed_unassigned_shards", 0).field("number_of_pending_tasks", 0).field("number_of_in_flight_fetch", 0);
  out.field("task_max_waiting_in_queue_millis", 0).field("active_shards_percent_as_number", health.active_percent());
  const std::string_view level = request.param("level").value_or("cluster");
  if (level != "cluster" && level != "indices" && level != "shards") {
    return Error(ErrorCode::kIllegalArgument, "level parameter must be one of [cluster] or [indices] or [shards] but was [{}]",
                 level);
  }
  if (level == "indices" || level == "shards") {
    out.key("indices").begin_object();
    for (const auto& index : indices) write_index_health(out, index);
    out.end_object();
  }
  return json_response(out.end_object().take(), timed_out ? 408 : 200);
}

base::Result<RestResponse> get_cluster_settings(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const bool flat, request.bool_param("flat_settings", false));
  ASSIGN_OR_RETURN(const bool defaults, request.bool_param("include_defaults", false));
  base::JsonWriter out;
  out.begin_object().key("persistent").raw(settings_json(services.cluster_settings.persistent(), !flat));
  out.key("transient").raw(settings_json(services.cluster_settings.transient(), !flat));
  if (defaults) {
    const ClusterSettings::Map map = {{"action.auto_create_index", "true"},
                                      {"action.destructive_requires_name", "true"},
                                      {"cluster.name", services.node.cluster_name},
                                      {"node.name", services.node.name}};
    out.key("defaults").raw(settings_json(map, !flat));
  }
  return json_response(out.end_object().take());
}

base::Result<RestResponse> put_cluster_settings(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, required_body(request));
  if (!body.root().is_object()) return Error(ErrorCode::kParsing, "the body must be an object with [persistent] and [transient]");
  ASSIGN_OR_RETURN(const bool flat, request.bool_param("flat_settings", false));
  RETURN_IF_ERROR(services.cluster_settings.update(body.root()));
  const auto shown = [&](std::string_view section) {
    ClusterSettings::Map map;
    for (const auto& [name, value] : flatten_settings(body.root()[section])) {
      if (value) map[name] = *value;
    }
    return settings_json(map, !flat);
  };
  base::JsonWriter out;
  out.begin_object()
      .field("acknowledged", true)
      .key("persistent")
      .raw(shown("persistent"))
      .key("transient")
      .raw(shown("transient"));
  return json_response(out.end_object().take());
}

}  // namespace selene::rest
