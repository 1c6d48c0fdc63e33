#include <algorithm>

#include "base/wildcard.h"
#include "rest/comma_list.h"
#include "rest/handlers/cluster/cluster_handlers.h"
#include "rest/handlers/indices/index_stats.h"
#include "rest/handlers/support.h"

namespace selene::rest {

namespace {

constexpr std::string_view kRoles[] = {"data", "ingest", "master", "ml"};

constexpr std::string_view kMetrics[] = {"_all", "_none",   "aggregations", "http",     "indices",     "ingest",   "jvm",
                                         "os",   "plugins", "process",      "settings", "thread_pool", "transport"};

/// Of `_nodes/stats`. Only `indices` is counted here.
constexpr std::string_view kStatsMetrics[] = {
    "adaptive_selection", "allocations", "breaker",      "discovery",   "fs",       "http",
    "indexing_pressure",  "indices",     "ingest",       "jvm",         "os",       "process",
    "repositories",       "script",      "script_cache", "thread_pool", "transport"};

bool are_metrics(std::string_view list) {
  const std::vector<std::string> names = split_list(list);
  return std::all_of(names.begin(), names.end(), [](const std::string& name) {
    return std::find(std::begin(kMetrics), std::end(kMetrics), name) != std::end(kMetrics);
  });
}

bool wants(std::string_view list, std::string_view metric) {
  const std::vector<std::string> names = split_list(list);
  return names.empty() || std::any_of(names.begin(), names.end(), [&](const std::string& n) { return n == "_all" || n == metric; });
}

/// Whether a list of ids, names, patterns and roles of nodes means this one.
bool names_node(const NodeInfo& node, std::string_view list) {
  const std::vector<std::string> names = split_list(list);
  return names.empty() || std::any_of(names.begin(), names.end(), [&](const std::string& name) {
           return name == "_all" || name == "_local" || name == "_master" || name == "master:true" || name == "data:true" ||
                  name == "ingest:true" || base::matches_wildcard(name, node.name) || name == node.node_id ||
                  name == host_of(node) || name == node.http_address;
         });
}

void begin_nodes(base::JsonWriter& out, const Services& services, bool named) {
  const int count = named ? 1 : 0;
  out.begin_object().key("_nodes").begin_object().field("total", count).field("successful", count).field("failed", 0).end_object();
  out.field("cluster_name", services.node.cluster_name).key("nodes").begin_object();
}

void write_http(base::JsonWriter& out, const NodeInfo& node) {
  out.key("http").begin_object().key("bound_address").begin_array().value(node.http_address).end_array();
  out.field("publish_address", node.http_address).field("max_content_length_in_bytes", node.max_content_length_bytes).end_object();
}

void write_processors(base::JsonWriter& out) {
  out.key("ingest").begin_object().key("processors").begin_array();
  for (const ingest::ProcessorEntry& entry : ingest::processor_types()) out.begin_object().field("type", entry.type).end_object();
  out.end_array().end_object();
}

void write_identity(base::JsonWriter& out, const NodeInfo& node) {
  out.field("name", node.name)
      .field("transport_address", node.http_address)
      .field("host", host_of(node))
      .field("ip", host_of(node));
  out.key("roles").begin_array();
  for (const std::string_view role : kRoles) out.value(role);
  out.end_array();
}

}  // namespace

std::span<const std::string_view> node_roles() { return kRoles; }

std::string_view host_of(const NodeInfo& node) {
  return std::string_view(node.http_address).substr(0, node.http_address.rfind(':'));
}

base::Result<RestResponse> nodes_info(const Services& services, const RestRequest& request) {
  const NodeInfo& node = services.node;
  // One part is metrics if all of it are names of some, else nodes.
  std::string_view nodes = request.path_param("node");
  std::string_view metric = request.path_param("metric");
  if (const std::string_view filter = request.path_param("filter"); !filter.empty())
    (are_metrics(filter) ? metric : nodes) = filter;
  base::JsonWriter out;
  const bool named = names_node(node, nodes);
  begin_nodes(out, services, named);
  if (named) {
    out.key(node.node_id).begin_object();
    write_identity(out, node);
    out.field("version", "9.5.0").field("build_flavor", "default").field("build_type", "docker");
    out.key("attributes").begin_object().end_object();
    if (wants(metric, "http")) write_http(out, node);
    if (wants(metric, "ingest")) write_processors(out);
    if (wants(metric, "plugins")) out.key("plugins").begin_array().end_array().key("modules").begin_array().end_array();
    out.end_object();
  }
  return json_response(out.end_object().end_object().take());
}

base::Result<RestResponse> nodes_stats(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const StatsMetrics metrics, StatsMetrics::parse(request, request.path_param("metric"), "metric", kStatsMetrics));
  const std::string_view of_indices = request.path_param("index_metric");
  ASSIGN_OR_RETURN(const StatsMetrics index_stats, StatsMetrics::parse(request, of_indices, "index metric", index_metrics()));
  if (!of_indices.empty() && (metrics.all() || !metrics.has("indices"))) {
    return base::Error(base::ErrorCode::kIllegalArgument, "request [{}] contains index metrics [{}] but {} stats {}",
                       request.path(), of_indices, metrics.all() ? "all" : "indices",
                       metrics.all() ? "requested" : "not requested");
  }
  const bool named = names_node(services.node, request.path_param("node"));
  const auto now = std::chrono::system_clock::now();
  base::JsonWriter out;
  begin_nodes(out, services, named);
  if (!named) return json_response(out.end_object().end_object().take());
  out.key(services.node.node_id).begin_object();
  out.field("timestamp", std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count());
  write_identity(out, services.node);
  if (metrics.has("indices")) {
    IndexTotals totals = totals_of(services, services.catalog.all());
    totals.operations += services.catalog.past_operations();
    out.key("indices");
    write_index_stats(out, totals, index_stats);
  }
  return json_response(out.end_object().end_object().end_object().take());
}

}  // namespace selene::rest
