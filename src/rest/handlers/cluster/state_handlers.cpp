#include <algorithm>

#include "base/clock.h"
#include "base/wildcard.h"
#include "index/catalog/index_templates.h"
#include "rest/comma_list.h"
#include "rest/handlers/cluster/cluster_handlers.h"
#include "rest/handlers/cluster/health.h"
#include "rest/handlers/indices/index_json.h"
#include "rest/handlers/support.h"

namespace selene::rest {

namespace {

using base::JsonWriter;
using Indices = std::vector<std::shared_ptr<index::Index>>;

constexpr std::string_view kStateMetrics[] = {"version",  "master_node",   "blocks",       "nodes",
                                              "metadata", "routing_table", "routing_nodes"};

void write_node(JsonWriter& out, const NodeInfo& node) {
  out.key(node.node_id).begin_object().field("name", node.name).field("ephemeral_id", node.node_id);
  out.field("transport_address", node.http_address).field("external_id", node.name).key("attributes").begin_object().end_object();
  out.key("roles").begin_array();
  for (const std::string_view role : node_roles()) out.value(role);
  out.end_array().field("version", "9.5.0").end_object();
}

void write_index_metadata(JsonWriter& out, const Services& services, const index::Index& index) {
  out.key(index.name).begin_object().field("version", 1).field("state", index.state == index::IndexState::kOpen ? "open" : "close");
  out.key("settings").raw(index_settings_json(index, SettingsForm::kNested, {}));
  out.key("mappings").begin_object().key("_doc");
  index.engine->mapping()->write_json(out);
  out.end_object().key("aliases").begin_array();
  for (const auto& [alias, info] : services.catalog.aliases_of(index.name)) out.value(alias);
  out.end_array().key("primary_terms").begin_object().field("0", 1).end_object().end_object();
}

void write_routing(JsonWriter& out, const Services& services, const index::Index& index) {
  out.key(index.name).begin_object().key("shards").begin_object().key("0").begin_array();
  out.begin_object()
      .field("state", "STARTED")
      .field("primary", true)
      .field("node", services.node.node_id)
      .key("relocating_node")
      .null();
  out.field("shard", 0).field("index", index.name).end_object();
  for (int32_t i = 0; i < index.settings.number_of_replicas; ++i) {
    out.begin_object().field("state", "UNASSIGNED").field("primary", false).key("node").null().key("relocating_node").null();
    out.field("shard", 0).field("index", index.name).end_object();
  }
  out.end_array().end_object().end_object();
}

void write_metadata(JsonWriter& out, const Services& services, const Indices& indices) {
  out.key("metadata").begin_object().field("cluster_uuid", services.catalog.cluster_uuid()).field("cluster_uuid_committed", true);
  out.key("templates").begin_object().end_object().key("indices").begin_object();
  for (const auto& index : indices) write_index_metadata(out, services, *index);
  out.end_object().key("index_template").begin_object().key("index_template").begin_object();
  for (const auto& [name, body] : services.catalog.templates().templates("")) {
    out.key(name);
    body.write(out);
  }
  out.end_object()
      .end_object()
      .key("index-graveyard")
      .begin_object()
      .key("tombstones")
      .begin_array()
      .end_array()
      .end_object()
      .end_object();
}

void write_blocks(JsonWriter& out, const Indices& indices) {
  out.key("blocks").begin_object();
  bool any = false;
  for (const auto& index : indices) {
    for (const auto& [name, value] : index->settings.flat) {
      if (!name.starts_with("index.blocks.") || value != "true") continue;
      if (!any) out.key("indices").begin_object();
      any = true;
      out.key(index->name).begin_object().key(name.substr(13)).begin_object().field("retryable", false).end_object().end_object();
      break;
    }
  }
  if (any) out.end_object();
  out.end_object();
}

}  // namespace

base::Result<RestResponse> cluster_state(const Services& services, const RestRequest& request) {
  const std::vector<std::string> metrics = split_list(request.path_param("metric"));
  const auto wants = [&](std::string_view name) {
    return metrics.empty() || std::find(metrics.begin(), metrics.end(), "_all") != metrics.end() ||
           std::find(metrics.begin(), metrics.end(), name) != metrics.end();
  };
  for (const std::string& metric : metrics) {
    if (metric != "_all" && metric != "customs" &&
        std::find(std::begin(kStateMetrics), std::end(kStateMetrics), metric) == std::end(kStateMetrics))
      return base::Error(base::ErrorCode::kIllegalArgument, "request [{}] contains unrecognized metric: [{}]", request.path(),
                         metric);
  }
  ASSIGN_OR_RETURN(const Indices indices, resolve_indices(services.catalog, request, Reach::kHidden));
  JsonWriter out;
  out.begin_object().field("cluster_name", services.node.cluster_name).field("cluster_uuid", services.catalog.cluster_uuid());
  if (wants("version")) out.field("version", 1).field("state_uuid", services.node.node_id);
  if (wants("master_node")) out.field("master_node", services.node.node_id);
  if (wants("blocks")) write_blocks(out, indices);
  if (wants("nodes")) {
    out.key("nodes").begin_object();
    write_node(out, services.node);
    out.end_object();
  }
  if (wants("metadata")) write_metadata(out, services, indices);
  if (wants("routing_table")) {
    out.key("routing_table").begin_object().key("indices").begin_object();
    for (const auto& index : indices) write_routing(out, services, *index);
    out.end_object().end_object();
  }
  return json_response(out.end_object().take());
}

base::Result<RestResponse> cluster_stats(const Services& services, const RestRequest& /*request*/) {
  const Indices indices = services.catalog.all();
  const Health health = health_of(indices);
  int64_t docs = 0, deleted = 0, bytes = 0, segments = 0;
  std::map<std::string, std::pair<int64_t, int64_t>> types;  // fields, indices
  for (const auto& index : indices) {
    const index::EngineStats stats = index->engine->stats();
    docs += stats.num_docs;
    deleted += stats.num_deleted_docs;
    bytes += stats.size_bytes;
    segments += stats.num_segments;
    std::map<std::string, int64_t> here;
    const auto mapping = index->engine->mapping();
    for (const auto& [name, field] : mapping->fields()) ++here[std::string(field.type_name)];
    for (const auto& [type, count] : here) {
      types[type].first += count;
      types[type].second += 1;
    }
  }
  JsonWriter out;
  out.begin_object().key("_nodes").begin_object().field("total", 1).field("successful", 1).field("failed", 0).end_object();
  out.field("cluster_name", services.node.cluster_name).field("cluster_uuid", services.catalog.cluster_uuid());
  out.field("timestamp", base::wall_clock_ms()).field("status", health.status());
  out.key("indices").begin_object().field("count", indices.size());
  out.key("shards").begin_object();
  if (health.primaries > 0) out.field("total", health.primaries).field("primaries", health.primaries).field("replication", 0.0);
  out.end_object();
  out.key("docs").begin_object().field("count", docs).field("deleted", deleted).end_object();
  out.key("store")
      .begin_object()
      .field("size_in_bytes", bytes)
      .field("total_data_set_size_in_bytes", bytes)
      .field("reserved_in_bytes", 0)
      .end_object();
  out.key("segments").begin_object().field("count", segments).end_object();
  out.key("mappings").begin_object().key("field_types").begin_array();
  for (const auto& [type, counts] : types) {
    out.begin_object()
        .field("name", type)
        .field("count", counts.first)
        .field("index_count", counts.second)
        .field("script_count", 0)
        .end_object();
  }
  out.end_array().end_object().end_object();
  out.key("nodes").begin_object().key("count").begin_object().field("total", 1);
  for (const std::string_view role : node_roles()) out.field(role, 1);
  out.field("coordinating_only", 0).end_object().key("versions").begin_array().value("9.5.0").end_array();
  out.key("ingest").begin_object().field("number_of_pipelines", services.pipelines.get("").size()).end_object();
  return json_response(out.end_object().end_object().take());
}

base::Result<RestResponse> cluster_pending_tasks(const Services& /*services*/, const RestRequest& /*request*/) {
  return json_response(R"({"tasks":[]})");
}

base::Result<RestResponse> features(const Services& /*services*/, const RestRequest& /*request*/) {
  return json_response(R"({"features":[{"name":"tasks","description":"Manages task results"}]})");
}

base::Result<RestResponse> remote_info(const Services& services, const RestRequest& /*request*/) {
  constexpr std::string_view kPrefix = "cluster.remote.";
  std::map<std::string, std::map<std::string, std::string>> remotes;
  for (const auto& map : {services.cluster_settings.persistent(), services.cluster_settings.transient()}) {
    for (const auto& [name, value] : map) {
      if (!name.starts_with(kPrefix)) continue;
      const size_t dot = name.find('.', kPrefix.size());
      if (dot != std::string::npos) remotes[name.substr(kPrefix.size(), dot - kPrefix.size())][name.substr(dot + 1)] = value;
    }
  }
  JsonWriter out;
  out.begin_object();
  for (auto& [alias, settings] : remotes) {
    const bool proxy = settings["mode"] == "proxy";
    out.key(alias).begin_object().field("connected", false).field("mode", proxy ? "proxy" : "sniff");
    if (proxy) {
      out.field("proxy_address", settings["proxy_address"]);
    } else {
      out.key("seeds").begin_array();
      for (const std::string& seed : split_list(settings["seeds"])) out.value(seed);
      out.end_array().field("num_nodes_connected", 0).field("max_connections_per_cluster", 3);
    }
    out.field("initial_connect_timeout", "30s").field("skip_unavailable", settings["skip_unavailable"] != "false").end_object();
  }
  return json_response(out.end_object().take());
}

}  // namespace selene::rest
