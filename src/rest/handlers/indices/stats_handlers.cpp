#include <algorithm>

#include "base/clock.h"
#include "base/wildcard.h"
#include "index/catalog/date_math_names.h"
#include "rest/comma_list.h"
#include "rest/handlers/cluster/cluster_handlers.h"
#include "rest/handlers/cluster/health.h"
#include "rest/handlers/indices/index_handlers.h"
#include "rest/handlers/indices/index_stats.h"
#include "rest/handlers/support.h"

namespace selene::rest {

namespace {

using base::JsonWriter;
using Indices = std::vector<std::shared_ptr<index::Index>>;

std::string_view state_name(const index::Index& index) { return index.state == index::IndexState::kOpen ? "open" : "close"; }

void write_segment(JsonWriter& out, const index::SegmentView& view, size_t number) {
  out.key(base::format("_{}", number)).begin_object().field("generation", number).field("num_docs", view.num_docs());
  out.field("deleted_docs", view.reader->max_doc() - view.num_docs())
      .field("size_in_bytes", view.reader->size_bytes())
      .field("committed", true);
  out.field("search", true).field("version", "10.4.0").field("compound", true).end_object();
}

void write_shard_routing(JsonWriter& out, const Services& services) {
  out.key("routing").begin_object().field("state", "STARTED").field("primary", true).field("node", services.node.node_id);
}

/// "shards": an index is one shard, whose operations are all at one place.
void write_shard(JsonWriter& out, const Services& services, const IndexTotals& totals, const StatsMetrics& metrics) {
  out.key("shards").begin_object().key("0").begin_array().begin_object();
  write_shard_routing(out, services);
  out.key("relocating_node").null().end_object();
  write_stats_sections(out, totals, metrics);
  const int64_t last = totals.engine.max_seq_no;
  out.key("seq_no").begin_object().field("max_seq_no", last).field("local_checkpoint", last).field("global_checkpoint", last);
  out.end_object().end_object().end_array().end_object();
}

bool hidden(const index::Index& index) {
  const auto at = index.settings.flat.find("index.hidden");
  return index.name.starts_with('.') || (at != index.settings.flat.end() && at->second == "true");
}

}  // namespace

base::Result<RestResponse> index_stats(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const Indices indices, resolve_indices(services.catalog, request));
  ASSIGN_OR_RETURN(const StatsMetrics metrics,
                   StatsMetrics::parse(request, request.path_param("metric"), "metric", index_metrics()));
  const std::string_view level = request.param("level").value_or("indices");
  if (level != "cluster" && level != "indices" && level != "shards") {
    return base::Error(base::ErrorCode::kIllegalArgument,
                       "level parameter must be one of [cluster] or [indices] or [shards] but was [{}]", level);
  }
  JsonWriter out;
  out.begin_object();
  write_shards(out, indices);
  const auto both = [&](const IndexTotals& totals) {
    for (const char* const copies : {"primaries", "total"}) {
      out.key(copies);
      write_index_stats(out, totals, metrics);
    }
  };
  out.key("_all").begin_object();
  both(totals_of(services, indices));
  out.end_object();
  if (level != "cluster") {
    out.key("indices").begin_object();
    for (const auto& index : indices) {
      out.key(index->name)
          .begin_object()
          .field("uuid", index->uuid)
          .field("health", health_of({index}).status())
          .field("status", state_name(*index));
      const IndexTotals totals = totals_of(services, *index);
      both(totals);
      if (level == "shards") write_shard(out, services, totals, metrics);
      out.end_object();
    }
    out.end_object();
  }
  return json_response(out.end_object().take());
}

base::Result<RestResponse> index_segments(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const Indices indices, resolve_indices(services.catalog, request));
  JsonWriter out;
  out.begin_object();
  write_shards(out, indices);
  out.key("indices").begin_object();
  for (const auto& index : indices) {
    const auto snapshot = index->engine->snapshot();
    out.key(index->name).begin_object().key("shards").begin_object().key("0").begin_array().begin_object();
    write_shard_routing(out, services);
    out.end_object();
    out.field("num_committed_segments", snapshot->segments().size()).field("num_search_segments", snapshot->segments().size());
    out.key("segments").begin_object();
    size_t number = 0;
    for (const index::SegmentView& view : snapshot->segments()) write_segment(out, view, number++);
    out.end_object().end_object().end_array().end_object().end_object();
  }
  return json_response(out.end_object().end_object().take());
}

base::Result<RestResponse> index_recovery(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const Indices indices, resolve_indices(services.catalog, request, Reach::kAnyState));
  const auto start = std::chrono::duration_cast<std::chrono::milliseconds>(services.node.started_at.time_since_epoch()).count();
  JsonWriter out;
  out.begin_object();
  for (const auto& index : indices) {
    const int64_t bytes = index->engine->stats().size_bytes;
    const int64_t began = std::max<int64_t>(start, index->creation_date_ms);
    out.key(index->name).begin_object().key("shards").begin_array().begin_object();
    out.field("id", 0)
        .field("type", began > start ? "EMPTY_STORE" : "EXISTING_STORE")
        .field("stage", "DONE")
        .field("primary", true);
    out.field("start_time_in_millis", began).field("stop_time_in_millis", began).field("total_time_in_millis", 0);
    out.key("source").begin_object().end_object().key("target").begin_object().field("id", services.node.node_id);
    out.field("host", host_of(services.node)).field("ip", host_of(services.node)).field("name", services.node.name).end_object();
    out.key("index").begin_object().key("size").begin_object().field("total_in_bytes", bytes).field("reused_in_bytes", bytes);
    out.field("recovered_in_bytes", 0).field("percent", "100.0%").end_object().end_object();
    out.end_object().end_array().end_object();
  }
  return json_response(out.end_object().take());
}

base::Result<RestResponse> resolve_index(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(index::IndicesOptions options, indices_options(request, Reach::kMetadata));
  const std::string_view expression = request.path_param("name");
  ASSIGN_OR_RETURN(const Indices indices, services.catalog.resolve(expression, options));
  ASSIGN_OR_RETURN(const std::string resolved, index::resolve_date_math(expression, base::wall_clock_ms()));
  const std::vector<std::string> parts = split_list(resolved);
  const auto named = [&](std::string_view name) {
    return std::any_of(parts.begin(), parts.end(),
                       [&](const std::string& p) { return p == "_all" || base::matches_wildcard(p, name); });
  };
  std::map<std::string, std::vector<std::string>> aliases;
  JsonWriter out;
  out.begin_object().key("indices").begin_array();
  for (const auto& index : indices) {
    const auto theirs = services.catalog.aliases_of(index->name);
    for (const auto& [alias, info] : theirs) {
      if (named(alias)) aliases[alias].push_back(index->name);
    }
    if (!named(index->name)) continue;
    out.begin_object().field("name", index->name);
    if (!theirs.empty()) {
      out.key("aliases").begin_array();
      for (const auto& [alias, info] : theirs) out.value(alias);
      out.end_array();
    }
    out.key("attributes").begin_array();
    if (hidden(*index)) out.value("hidden");
    out.value(index->state == index::IndexState::kOpen ? "open" : "closed").end_array().field("mode", "standard").end_object();
  }
  out.end_array().key("aliases").begin_array();
  for (const auto& [alias, names] : aliases) {
    out.begin_object().field("name", alias).key("indices").begin_array();
    for (const std::string& name : names) out.value(name);
    out.end_array().end_object();
  }
  out.end_array().key("data_streams").begin_array().end_array();
  return json_response(out.end_object().take());
}

}  // namespace selene::rest
