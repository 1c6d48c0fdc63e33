#include <algorithm>

#include "base/clock.h"
#include "base/wildcard.h"
#include "index/catalog/date_math_names.h"
#include "rest/comma_list.h"
#include "rest/handlers/cluster/cluster_handlers.h"
#include "rest/handlers/cluster/health.h"
#include "rest/handlers/indices/index_handlers.h"
#include "rest/handlers/support.h"
#include "rest/parameter_check.h"

namespace selene::rest {

namespace {

using base::JsonWriter;
using Indices = std::vector<std::shared_ptr<index::Index>>;

struct Totals {
  int64_t docs = 0;
  int64_t deleted = 0;
  int64_t bytes = 0;
  int64_t segments = 0;
  int64_t operations = 0;
  int64_t shards = 0;
  search::FilterCacheStats query_cache = {};
};

Totals totals_of(const Services& services, const index::Index& index) {
  const index::EngineStats stats = index.engine->stats();
  return {stats.num_docs,
          stats.num_deleted_docs,
          stats.size_bytes,
          stats.num_segments,
          stats.max_seq_no + 1,
          1,
          services.searches.filter_cache().stats(index.uuid)};
}

constexpr std::string_view kMetrics[] = {"bulk",          "completion", "dense_vector", "docs",        "fielddata",     "flush",
                                         "get",           "indexing",   "merge",        "query_cache", "recovery",      "refresh",
                                         "request_cache", "search",     "segments",     "shard_stats", "sparse_vector", "store",
                                         "suggest",       "translog",   "warmer"};

/// The metrics that are asked for; all if none is.
class Metrics {
 public:
  static base::Result<Metrics> parse(const RestRequest& request) {
    Metrics metrics;
    const std::string_view list = request.path_param("metric");
    metrics.names_ = split_list(list);
    std::vector<std::string> unknown;
    for (const std::string& name : metrics.names_) {
      if (name == "_all" && metrics.names_.size() > 1) {
        return base::Error(base::ErrorCode::kIllegalArgument, "request [{}] contains _all and individual metrics [{}]",
                           request.path(), list);
      }
      if (name != "_all" && std::find(std::begin(kMetrics), std::end(kMetrics), name) == std::end(kMetrics))
        unknown.push_back(base::format("[{}]{}", name, did_you_mean(name, kMetrics)));
    }
    if (unknown.empty()) return metrics;
    std::string named;
    for (const std::string& each : unknown) named.append(named.empty() ? "" : ", ").append(each);
    return base::Error(base::ErrorCode::kIllegalArgument, "request [{}] contains unrecognized metric{}: {}", request.path(),
                       unknown.size() > 1 ? "s" : "", named);
  }
  bool has(std::string_view name) const {
    if (names_.empty() || names_.front() == "_all") return true;
    return std::find(names_.begin(), names_.end(), name) != names_.end();
  }

 private:
  std::vector<std::string> names_;
};

void write_query_cache(JsonWriter& out, const search::FilterCacheStats& stats) {
  out.key("query_cache").begin_object().field("memory_size_in_bytes", stats.memory_bytes);
  out.field("total_count", stats.hits + stats.misses).field("hit_count", stats.hits).field("miss_count", stats.misses);
  out.field("cache_size", stats.num_sets).field("cache_count", stats.num_cached);
  out.field("evictions", stats.num_cached - stats.num_sets).end_object();
}

/// Structures of Elasticsearch that take no memory here, because there are none: columns and suggesters need no heap, answers are
/// not kept, and nothing is recovered from other nodes.
void write_absent(JsonWriter& out, const Metrics& metrics) {
  if (metrics.has("fielddata")) {
    out.key("fielddata").begin_object().field("memory_size_in_bytes", 0).field("evictions", 0);
    out.key("global_ordinals").begin_object().field("build_time_in_millis", 0).end_object().end_object();
  }
  if (metrics.has("completion")) out.key("completion").begin_object().field("size_in_bytes", 0).end_object();
  if (metrics.has("request_cache")) {
    out.key("request_cache").begin_object().field("memory_size_in_bytes", 0).field("evictions", 0).field("hit_count", 0);
    out.field("miss_count", 0).end_object();
  }
  if (metrics.has("recovery")) {
    out.key("recovery").begin_object().field("current_as_source", 0).field("current_as_target", 0);
    out.field("throttle_time_in_millis", 0).end_object();
  }
}

void write_metrics(JsonWriter& out, const Totals& totals, const Metrics& metrics) {
  out.begin_object();
  if (metrics.has("docs")) {
    out.key("docs").begin_object().field("count", totals.docs).field("deleted", totals.deleted);
    out.field("total_size_in_bytes", totals.bytes).end_object();
  }
  if (metrics.has("shard_stats")) out.key("shard_stats").begin_object().field("total_count", totals.shards).end_object();
  if (metrics.has("store")) {
    out.key("store").begin_object().field("size_in_bytes", totals.bytes).field("total_data_set_size_in_bytes", totals.bytes);
    out.field("reserved_in_bytes", 0).end_object();
  }
  if (metrics.has("indexing")) {
    out.key("indexing").begin_object().field("index_total", totals.operations).field("index_current", 0).field("delete_current", 0);
    out.field("is_throttled", false).field("throttle_time_in_millis", 0).end_object();
  }
  if (metrics.has("query_cache")) write_query_cache(out, totals.query_cache);
  if (metrics.has("segments"))
    out.key("segments").begin_object().field("count", totals.segments).field("memory_in_bytes", 0).end_object();
  write_absent(out, metrics);
  out.end_object();
}

Totals sum_of(const Services& services, const Indices& indices) {
  Totals sum;
  for (const auto& index : indices) {
    const Totals one = totals_of(services, *index);
    sum.docs += one.docs;
    sum.deleted += one.deleted;
    sum.bytes += one.bytes;
    sum.segments += one.segments;
    sum.operations += one.operations;
    sum.shards += one.shards;
    sum.query_cache += one.query_cache;
  }
  return sum;
}

std::string_view state_name(const index::Index& index) { return index.state == index::IndexState::kOpen ? "open" : "close"; }

void write_segment(JsonWriter& out, const index::SegmentView& view, size_t number) {
  out.key(base::format("_{}", number)).begin_object().field("generation", number).field("num_docs", view.num_docs());
  out.field("deleted_docs", view.reader->max_doc() - view.num_docs()).field("size_in_bytes", 0).field("committed", true);
  out.field("search", true).field("version", "10.4.0").field("compound", true).end_object();
}

bool hidden(const index::Index& index) {
  const auto at = index.settings.flat.find("index.hidden");
  return index.name.starts_with('.') || (at != index.settings.flat.end() && at->second == "true");
}

}  // namespace

base::Result<RestResponse> index_stats(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const Indices indices, resolve_indices(services.catalog, request));
  ASSIGN_OR_RETURN(const Metrics metrics, Metrics::parse(request));
  const std::string_view level = request.param("level").value_or("indices");
  if (level != "cluster" && level != "indices" && level != "shards") {
    return base::Error(base::ErrorCode::kIllegalArgument,
                       "level parameter must be one of [cluster] or [indices] or [shards] but was [{}]", level);
  }
  JsonWriter out;
  out.begin_object();
  write_shards(out, indices);
  const auto both = [&](const Totals& totals) {
    for (const char* const copies : {"primaries", "total"}) {
      out.key(copies);
      write_metrics(out, totals, metrics);
    }
  };
  out.key("_all").begin_object();
  both(sum_of(services, indices));
  out.end_object();
  if (level != "cluster") {
    out.key("indices").begin_object();
    for (const auto& index : indices) {
      out.key(index->name)
          .begin_object()
          .field("uuid", index->uuid)
          .field("health", health_of({index}).status())
          .field("status", state_name(*index));
      both(totals_of(services, *index));
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
    out.key("routing")
        .begin_object()
        .field("state", "STARTED")
        .field("primary", true)
        .field("node", services.node.node_id)
        .end_object();
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
