#include "rest/handlers/cluster/cluster_handlers.h"
#include "rest/handlers/support.h"

namespace selene::rest {

namespace {

constexpr std::string_view kRoles[] = {"data", "ingest", "master", "ml"};

std::string_view host_of(std::string_view address) { return address.substr(0, address.rfind(':')); }

void begin_nodes(base::JsonWriter& out, const Services& services) {
  out.begin_object().key("_nodes").begin_object().field("total", 1).field("successful", 1).field("failed", 0).end_object();
  out.field("cluster_name", services.node.cluster_name).key("nodes").begin_object().key(services.node.node_id).begin_object();
}

void write_identity(base::JsonWriter& out, const NodeInfo& node) {
  out.field("name", node.name)
      .field("transport_address", node.http_address)
      .field("host", host_of(node.http_address))
      .field("ip", host_of(node.http_address));
  out.key("roles").begin_array();
  for (const std::string_view role : kRoles) out.value(role);
  out.end_array();
}

}  // namespace

base::Result<RestResponse> nodes_info(const Services& services, const RestRequest& /*request*/) {
  const NodeInfo& node = services.node;
  base::JsonWriter out;
  begin_nodes(out, services);
  write_identity(out, node);
  out.field("version", "9.5.0")
      .field("build_flavor", "default")
      .field("build_type", "docker")
      .key("attributes")
      .begin_object()
      .end_object();
  out.key("http").begin_object().key("bound_address").begin_array().value(node.http_address).end_array();
  out.field("publish_address", node.http_address).field("max_content_length_in_bytes", node.max_content_length_bytes).end_object();
  return json_response(out.end_object().end_object().end_object().take());
}

base::Result<RestResponse> nodes_stats(const Services& services, const RestRequest& /*request*/) {
  int64_t docs = 0, deleted = 0, bytes = 0;
  for (const auto& index : services.catalog.all()) {
    const index::EngineStats stats = index->engine->stats();
    docs += stats.num_docs;
    deleted += stats.num_deleted_docs;
    bytes += stats.size_bytes;
  }
  const auto now = std::chrono::system_clock::now();
  base::JsonWriter out;
  begin_nodes(out, services);
  out.field("timestamp", std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count());
  write_identity(out, services.node);
  out.key("indices").begin_object().key("docs").begin_object().field("count", docs).field("deleted", deleted).end_object();
  out.key("store").begin_object().field("size_in_bytes", bytes).end_object().end_object();
  return json_response(out.end_object().end_object().end_object().take());
}

}  // namespace selene::rest
