#include "rest/handlers/root/root_handlers.h"

#include <unistd.h>

#include <fstream>

#include "rest/handlers/support.h"
#include "rest/inference_metrics.h"

namespace selene::rest {

namespace {

// The version whose API this is; clients refuse another major.
constexpr std::string_view kVersion = "9.5.0";
constexpr std::string_view kBuildDate = "2026-08-01T00:00:00.000000000Z";
constexpr std::string_view kBuildHash = "0000000000000000000000000000000000000000";

/// Resident memory of this process; 0 where /proc is not mounted.
int64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  int64_t total = 0, resident = 0;
  if (!(file >> total >> resident)) return 0;
  return resident * sysconf(_SC_PAGESIZE);
}

void gauge(std::string& out, std::string_view name, std::string_view help, int64_t value) {
  out += base::format("# HELP {} {}\n# TYPE {} gauge\n{} {}\n", name, help, name, name, value);
}

}  // namespace

base::Result<RestResponse> node_banner(const Services& services, const RestRequest& /*request*/) {
  base::JsonWriter out;
  out.begin_object().field("name", services.node.name).field("cluster_name", services.node.cluster_name);
  out.field("cluster_uuid", services.catalog.cluster_uuid());
  out.key("version").begin_object();
  out.field("number", kVersion).field("build_flavor", "default").field("build_type", "docker").field("build_hash", kBuildHash);
  out.field("build_date", kBuildDate).field("build_snapshot", false).field("lucene_version", "10.4.0");
  out.field("minimum_wire_compatibility_version", "8.19.0").field("minimum_index_compatibility_version", "8.0.0");
  out.end_object().field("tagline", "You Know, for Search").end_object();
  return json_response(out.take());
}

base::Result<RestResponse> liveness(const Services& /*services*/, const RestRequest& /*request*/) {
  return json_response(R"({"status":"ok"})");
}

base::Result<RestResponse> readiness(const Services& services, const RestRequest& /*request*/) {
  base::JsonWriter out;
  out.begin_object().field("status", "ready").field("indices", services.catalog.all().size()).end_object();
  return json_response(out.take());
}

base::Result<RestResponse> metrics(const Services& services, const RestRequest& /*request*/) {
  std::string out;
  services.metrics.write_prometheus(out);
  write_inference_metrics(services.inference.deployment_stats(), out);
  int64_t docs = 0, deleted = 0, bytes = 0, segments = 0, buffered = 0;
  const auto indices = services.catalog.all();
  for (const auto& index : indices) {
    const index::EngineStats stats = index->engine->stats();
    docs += stats.num_docs;
    deleted += stats.num_deleted_docs;
    bytes += stats.size_bytes;
    segments += stats.num_segments;
    buffered += stats.buffered_docs;
  }
  gauge(out, "selene_indices", "Indices on this node.", static_cast<int64_t>(indices.size()));
  gauge(out, "selene_index_documents", "Live documents of all indices.", docs);
  gauge(out, "selene_index_documents_deleted", "Deleted documents not yet merged away.", deleted);
  gauge(out, "selene_index_documents_buffered", "Documents written and not yet searchable.", buffered);
  gauge(out, "selene_index_segments", "Segments of all indices.", segments);
  gauge(out, "selene_index_bytes", "Bytes of segments and stored documents.", bytes);
  const index::CatalogMemory memory = services.catalog.memory();
  gauge(out, "selene_store_write_buffer_bytes", "Memory of writes that are not in a table of the store yet.",
        static_cast<int64_t>(memory.write_buffer_bytes));
  gauge(out, "selene_store_block_cache_bytes", "Memory of the store's cache of blocks.",
        static_cast<int64_t>(memory.block_cache_bytes));
  gauge(out, "selene_document_cache_bytes", "Memory of documents that were shown lately.",
        static_cast<int64_t>(memory.document_cache_bytes));
  gauge(out, "process_resident_memory_bytes", "Resident memory.", resident_bytes());
  gauge(out, "process_start_time_seconds", "Start of the process, seconds since the epoch.",
        std::chrono::duration_cast<std::chrono::seconds>(services.node.started_at.time_since_epoch()).count());
  out += base::format("# HELP selene_build_info Version.\n# TYPE selene_build_info gauge\nselene_build_info{{version=\"{}\"}} 1\n",
                      services.node.build_version);
  RestResponse response = text_response(std::move(out));
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  return response;
}

base::Result<RestResponse> license(const Services& services, const RestRequest& /*request*/) {
  const int64_t issued = std::chrono::duration_cast<std::chrono::milliseconds>(services.node.started_at.time_since_epoch()).count();
  base::JsonWriter out;
  out.begin_object()
      .key("license")
      .begin_object()
      .field("status", "active")
      .field("uid", services.catalog.cluster_uuid())
      .field("type", "basic");
  out.field("issue_date_in_millis", issued).field("max_nodes", 1000).key("max_resource_units").null();
  out.field("issued_to", services.node.cluster_name)
      .field("issuer", "selene")
      .field("start_date_in_millis", -1)
      .end_object()
      .end_object();
  return json_response(out.take());
}

base::Result<RestResponse> xpack(const Services& services, const RestRequest& /*request*/) {
  base::JsonWriter out;
  out.begin_object().key("build").begin_object().field("hash", kBuildHash).field("date", kBuildDate).end_object();
  out.key("license")
      .begin_object()
      .field("uid", services.catalog.cluster_uuid())
      .field("type", "basic")
      .field("mode", "basic")
      .field("status", "active")
      .end_object();
  out.key("features").begin_object();
  out.key("ml").begin_object().field("available", true).field("enabled", true).end_object();
  out.key("security").begin_object().field("available", true).field("enabled", services.security != nullptr).end_object();
  out.end_object().field("tagline", "You know, for X").end_object();
  return json_response(out.take());
}

}  // namespace selene::rest
