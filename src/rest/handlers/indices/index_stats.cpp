#include "rest/handlers/indices/index_stats.h"

#include <algorithm>

#include "rest/comma_list.h"
#include "rest/parameter_check.h"

namespace selene::rest {

namespace {

using base::JsonWriter;
using index::Operation;
using Count = index::OperationTotals::Count;

constexpr std::string_view kIndexMetrics[] = {
    "bulk",     "completion",  "dense_vector",  "docs",     "fielddata", "flush",         "get",
    "indexing", "merge",       "query_cache",   "recovery", "refresh",   "request_cache", "search",
    "segments", "shard_stats", "sparse_vector", "store",    "suggest",   "translog",      "warmer"};

void write_docs(JsonWriter& out, const IndexTotals& totals) {
  out.key("docs").begin_object().field("count", totals.engine.num_docs).field("deleted", totals.engine.num_deleted_docs);
  out.field("total_size_in_bytes", totals.engine.size_bytes).end_object();
}

void write_shard_stats(JsonWriter& out, const IndexTotals& totals) {
  out.key("shard_stats").begin_object().field("total_count", totals.shards).end_object();
}

void write_store(JsonWriter& out, const IndexTotals& totals) {
  out.key("store").begin_object().field("size_in_bytes", totals.engine.size_bytes);
  out.field("total_data_set_size_in_bytes", totals.engine.size_bytes).field("reserved_in_bytes", 0).end_object();
}

void write_indexing(JsonWriter& out, const IndexTotals& totals) {
  const Count& indexed = totals.operations[Operation::kIndex];
  const Count& deleted = totals.operations[Operation::kDelete];
  out.key("indexing").begin_object().field("index_total", indexed.total).field("index_time_in_millis", indexed.millis());
  out.field("index_current", indexed.current).field("index_failed", indexed.failed);
  out.field("index_failed_due_to_version_conflict", indexed.failed).field("delete_total", deleted.total);
  out.field("delete_time_in_millis", deleted.millis()).field("delete_current", deleted.current);
  out.field("noop_update_total", totals.operations[Operation::kNoopUpdate].total);
  out.field("is_throttled", false).field("throttle_time_in_millis", 0).end_object();
}

void write_get(JsonWriter& out, const IndexTotals& totals) {
  const Count& found = totals.operations[Operation::kGetExists];
  const Count& missing = totals.operations[Operation::kGetMissing];
  out.key("get").begin_object().field("total", found.total + missing.total);
  out.field("time_in_millis", (found.nanoseconds + missing.nanoseconds) / 1'000'000).field("exists_total", found.total);
  out.field("exists_time_in_millis", found.millis()).field("missing_total", missing.total);
  out.field("missing_time_in_millis", missing.millis()).field("current", found.current + missing.current).end_object();
}

/// There are no suggesters.
void write_search(JsonWriter& out, const IndexTotals& totals) {
  const Count& query = totals.operations[Operation::kQuery];
  const Count& fetch = totals.operations[Operation::kFetch];
  const Count& scroll = totals.operations[Operation::kScroll];
  out.key("search").begin_object();
  out.field("open_contexts", scroll.current + totals.operations[Operation::kPointInTime].current);
  out.field("query_total", query.total).field("query_time_in_millis", query.millis()).field("query_current", query.current);
  out.field("query_failure", query.failed);
  out.field("fetch_total", fetch.total).field("fetch_time_in_millis", fetch.millis()).field("fetch_current", fetch.current);
  out.field("fetch_failure", fetch.failed);
  out.field("scroll_total", scroll.total).field("scroll_time_in_millis", scroll.millis()).field("scroll_current", scroll.current);
  out.field("suggest_total", 0).field("suggest_time_in_millis", 0).field("suggest_current", 0).end_object();
}

void write_merges(JsonWriter& out, const IndexTotals& totals) {
  const index::OperationTotals& operations = totals.operations;
  const Count& merge = operations[Operation::kMerge];
  out.key("merges").begin_object().field("current", merge.current).field("current_docs", operations.merging_docs);
  out.field("current_size_in_bytes", operations.merging_bytes).field("total", merge.total);
  out.field("total_time_in_millis", merge.millis()).field("total_docs", operations.merged_docs);
  out.field("total_size_in_bytes", operations.merged_bytes).field("total_stopped_time_in_millis", 0);
  out.field("total_throttled_time_in_millis", 0).field("total_auto_throttle_in_bytes", 0).end_object();
}

/// What a refresh makes visible, searches see: there are no others.
void write_refresh(JsonWriter& out, const IndexTotals& totals) {
  const Count& refresh = totals.operations[Operation::kRefresh];
  out.key("refresh").begin_object().field("total", refresh.total).field("total_time_in_millis", refresh.millis());
  out.field("external_total", refresh.total).field("external_total_time_in_millis", refresh.millis());
  out.field("listeners", 0).end_object();
}

void write_flush(JsonWriter& out, const IndexTotals& totals) {
  const Count& flush = totals.operations[Operation::kFlush];
  out.key("flush").begin_object().field("total", flush.total);
  out.field("periodic", totals.operations[Operation::kPeriodicFlush].total).field("total_time_in_millis", flush.millis());
  out.field("total_time_excluding_waiting_on_lock_in_millis", flush.millis()).end_object();
}

void write_query_cache(JsonWriter& out, const IndexTotals& totals) {
  const search::FilterCacheStats& stats = totals.query_cache;
  out.key("query_cache").begin_object().field("memory_size_in_bytes", stats.memory_bytes);
  out.field("total_count", stats.hits + stats.misses).field("hit_count", stats.hits).field("miss_count", stats.misses);
  out.field("cache_size", stats.num_sets).field("cache_count", stats.num_cached);
  out.field("evictions", stats.num_cached - stats.num_sets).end_object();
}

/// Segments are files in mapped memory: none of their parts is in the heap.
void write_segments(JsonWriter& out, const IndexTotals& totals) {
  out.key("segments").begin_object().field("count", totals.engine.num_segments);
  for (const char* const part : {"", "terms_", "stored_fields_", "term_vectors_", "norms_", "points_", "doc_values_",
                                 "index_writer_", "version_map_", "fixed_bit_set_"})
    out.field(base::format("{}memory_in_bytes", part), 0);
  out.field("max_unsafe_auto_id_timestamp", -1).key("file_sizes").begin_object().end_object().end_object();
}

void write_translog(JsonWriter& out, const IndexTotals& totals) {
  const index::EngineStats& engine = totals.engine;
  out.key("translog").begin_object().field("operations", engine.unflushed_operations);
  out.field("size_in_bytes", engine.unflushed_bytes).field("uncommitted_operations", engine.unflushed_operations);
  out.field("uncommitted_size_in_bytes", engine.unflushed_bytes);
  out.field("earliest_last_modified_age", engine.last_write_age_ms).end_object();
}

void write_bulk(JsonWriter& out, const IndexTotals& totals) {
  const index::OperationTotals& operations = totals.operations;
  const Count& bulk = operations[Operation::kBulk];
  out.key("bulk").begin_object().field("total_operations", bulk.total).field("total_time_in_millis", bulk.millis());
  out.field("total_size_in_bytes", operations.bulk_bytes);
  out.field("avg_time_in_millis", operations.average_bulk_nanoseconds / 1'000'000);
  out.field("avg_size_in_bytes", operations.average_bulk_bytes).end_object();
}

// Structures of Elasticsearch that take no memory here, because there are none: columns and suggesters need no heap, answers are
// not kept, nothing is recovered from other nodes, and a segment is read as it is.
void write_fielddata(JsonWriter& out, const IndexTotals& /*totals*/) {
  out.key("fielddata").begin_object().field("memory_size_in_bytes", 0).field("evictions", 0);
  out.key("global_ordinals").begin_object().field("build_time_in_millis", 0).end_object().end_object();
}
void write_completion(JsonWriter& out, const IndexTotals& /*totals*/) {
  out.key("completion").begin_object().field("size_in_bytes", 0).end_object();
}
void write_request_cache(JsonWriter& out, const IndexTotals& /*totals*/) {
  out.key("request_cache").begin_object().field("memory_size_in_bytes", 0).field("evictions", 0).field("hit_count", 0);
  out.field("miss_count", 0).end_object();
}
void write_recovery(JsonWriter& out, const IndexTotals& /*totals*/) {
  out.key("recovery").begin_object().field("current_as_source", 0).field("current_as_target", 0);
  out.field("throttle_time_in_millis", 0).end_object();
}
void write_warmer(JsonWriter& out, const IndexTotals& /*totals*/) {
  out.key("warmer").begin_object().field("current", 0).field("total", 0).field("total_time_in_millis", 0).end_object();
}

struct Section {
  std::string_view metric;
  void (*write)(JsonWriter& out, const IndexTotals& totals);
};
/// In the order of an answer.
constexpr Section kSections[] = {{"docs", &write_docs},
                                 {"shard_stats", &write_shard_stats},
                                 {"store", &write_store},
                                 {"indexing", &write_indexing},
                                 {"get", &write_get},
                                 {"search", &write_search},
                                 {"merge", &write_merges},
                                 {"refresh", &write_refresh},
                                 {"flush", &write_flush},
                                 {"warmer", &write_warmer},
                                 {"query_cache", &write_query_cache},
                                 {"fielddata", &write_fielddata},
                                 {"completion", &write_completion},
                                 {"segments", &write_segments},
                                 {"translog", &write_translog},
                                 {"request_cache", &write_request_cache},
                                 {"recovery", &write_recovery},
                                 {"bulk", &write_bulk}};

}  // namespace

IndexTotals& IndexTotals::operator+=(const IndexTotals& other) {
  engine.num_docs += other.engine.num_docs;
  engine.num_deleted_docs += other.engine.num_deleted_docs;
  engine.size_bytes += other.engine.size_bytes;
  engine.num_segments += other.engine.num_segments;
  engine.unflushed_operations += other.engine.unflushed_operations;
  engine.unflushed_bytes += other.engine.unflushed_bytes;
  engine.last_write_age_ms = std::max(engine.last_write_age_ms, other.engine.last_write_age_ms);
  operations += other.operations;
  query_cache += other.query_cache;
  shards += other.shards;
  return *this;
}

IndexTotals totals_of(const Services& services, const index::Index& index) {
  services.searches.forget_expired_contexts();
  return {index.engine->stats(), index.engine->counters().totals(), services.searches.filter_cache().stats(index.uuid), 1};
}

IndexTotals totals_of(const Services& services, const std::vector<std::shared_ptr<index::Index>>& indices) {
  IndexTotals sum;
  for (const auto& index : indices) sum += totals_of(services, *index);
  return sum;
}

base::Result<StatsMetrics> StatsMetrics::parse(const RestRequest& request, std::string_view list, std::string_view kind,
                                               std::span<const std::string_view> known) {
  StatsMetrics metrics;
  metrics.names_ = split_list(list);
  std::vector<std::string> unknown;
  for (const std::string& name : metrics.names_) {
    if (name == "_all" && metrics.names_.size() > 1) {
      return base::Error(base::ErrorCode::kIllegalArgument, "request [{}] contains _all and individual {}s [{}]", request.path(),
                         kind, list);
    }
    if (name != "_all" && std::find(known.begin(), known.end(), name) == known.end())
      unknown.push_back(base::format("[{}]{}", name, did_you_mean(name, known)));
  }
  if (unknown.empty()) return metrics;
  std::string named;
  for (const std::string& each : unknown) named.append(named.empty() ? "" : ", ").append(each);
  return base::Error(base::ErrorCode::kIllegalArgument, "request [{}] contains unrecognized {}{}: {}", request.path(), kind,
                     unknown.size() > 1 ? "s" : "", named);
}

bool StatsMetrics::has(std::string_view name) const {
  return all() || std::find(names_.begin(), names_.end(), name) != names_.end();
}

std::span<const std::string_view> index_metrics() { return kIndexMetrics; }

void write_stats_sections(JsonWriter& out, const IndexTotals& totals, const StatsMetrics& metrics) {
  for (const Section& section : kSections) {
    if (metrics.has(section.metric)) section.write(out, totals);
  }
}

void write_index_stats(JsonWriter& out, const IndexTotals& totals, const StatsMetrics& metrics) {
  out.begin_object();
  write_stats_sections(out, totals, metrics);
  out.end_object();
}

}  // namespace selene::rest
