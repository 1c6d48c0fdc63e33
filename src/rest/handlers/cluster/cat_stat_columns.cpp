#include "rest/handlers/cluster/cat_stat_columns.h"

namespace selene::rest {

namespace {

using index::Operation;

enum class Kind : uint8_t { kCount, kTime, kBytes };
using enum Kind;

struct StatColumn {
  std::string_view primary_name;  ///< without its first four letters: that of all copies
  std::string_view aliases;
  std::string_view description;
  Kind kind;  ///< kTime: milliseconds
  int64_t (*value)(const IndexTotals& totals);
};

constexpr StatColumn kColumns[] = {
    {"pri.completion.size", "cs,completionSize", "size of completion", kBytes, [](const IndexTotals&) -> int64_t { return 0; }},
    {"pri.fielddata.memory_size", "fm,fielddataMemory", "used fielddata cache", kBytes,
     [](const IndexTotals&) -> int64_t { return 0; }},
    {"pri.fielddata.evictions", "fe,fielddataEvictions", "fielddata evictions", kCount,
     [](const IndexTotals&) -> int64_t { return 0; }},
    {"pri.query_cache.memory_size", "qcm,queryCacheMemory", "used query cache", kBytes,
     [](const IndexTotals& totals) -> int64_t { return totals.query_cache.memory_bytes; }},
    {"pri.query_cache.evictions", "qce,queryCacheEvictions", "query cache evictions", kCount,
     [](const IndexTotals& totals) -> int64_t { return totals.query_cache.num_cached - totals.query_cache.num_sets; }},
    {"pri.request_cache.memory_size", "rcm,requestCacheMemory", "used request cache", kBytes,
     [](const IndexTotals&) -> int64_t { return 0; }},
    {"pri.request_cache.evictions", "rce,requestCacheEvictions", "request cache evictions", kCount,
     [](const IndexTotals&) -> int64_t { return 0; }},
    {"pri.request_cache.hit_count", "rchc,requestCacheHitCount", "request cache hit count", kCount,
     [](const IndexTotals&) -> int64_t { return 0; }},
    {"pri.request_cache.miss_count", "rcmc,requestCacheMissCount", "request cache miss count", kCount,
     [](const IndexTotals&) -> int64_t { return 0; }},
    {"pri.flush.total", "ft,flushTotal", "number of flushes", kCount,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kFlush].total; }},
    {"pri.flush.total_time", "ftt,flushTotalTime", "time spent in flush", kTime,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kFlush].millis(); }},
    {"pri.get.current", "gc,getCurrent", "number of current get ops", kCount,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kGetExists].current; }},
    {"pri.get.time", "gti,getTime", "time spent in get", kTime,
     [](const IndexTotals& totals) -> int64_t {
       return (totals.operations[Operation::kGetExists].nanoseconds + totals.operations[Operation::kGetMissing].nanoseconds) /
              1'000'000;
     }},
    {"pri.get.total", "gto,getTotal", "number of get ops", kCount,
     [](const IndexTotals& totals) -> int64_t {
       return totals.operations[Operation::kGetExists].total + totals.operations[Operation::kGetMissing].total;
     }},
    {"pri.get.exists_time", "geti,getExistsTime", "time spent in successful gets", kTime,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kGetExists].millis(); }},
    {"pri.get.exists_total", "geto,getExistsTotal", "number of successful gets", kCount,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kGetExists].total; }},
    {"pri.get.missing_time", "gmti,getMissingTime", "time spent in failed gets", kTime,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kGetMissing].millis(); }},
    {"pri.get.missing_total", "gmto,getMissingTotal", "number of failed gets", kCount,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kGetMissing].total; }},
    {"pri.indexing.delete_current", "idc,indexingDeleteCurrent", "number of current deletions", kCount,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kDelete].current; }},
    {"pri.indexing.delete_time", "idti,indexingDeleteTime", "time spent in deletions", kTime,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kDelete].millis(); }},
    {"pri.indexing.delete_total", "idto,indexingDeleteTotal", "number of delete ops", kCount,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kDelete].total; }},
    {"pri.indexing.index_current", "iic,indexingIndexCurrent", "number of current indexing ops", kCount,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kIndex].current; }},
    {"pri.indexing.index_time", "iiti,indexingIndexTime", "time spent in indexing", kTime,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kIndex].millis(); }},
    {"pri.indexing.index_total", "iito,indexingIndexTotal", "number of indexing ops", kCount,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kIndex].total; }},
    {"pri.indexing.index_failed", "iif,indexingIndexFailed", "number of failed indexing ops", kCount,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kIndex].failed; }},
    {"pri.merges.current", "mc,mergesCurrent", "number of current merges", kCount,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kMerge].current; }},
    {"pri.merges.current_docs", "mcd,mergesCurrentDocs", "number of current merging docs", kCount,
     [](const IndexTotals& totals) -> int64_t { return totals.operations.merging_docs; }},
    {"pri.merges.current_size", "mcs,mergesCurrentSize", "size of current merges", kBytes,
     [](const IndexTotals& totals) -> int64_t { return totals.operations.merging_bytes; }},
    {"pri.merges.total", "mt,mergesTotal", "number of completed merge ops", kCount,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kMerge].total; }},
    {"pri.merges.total_docs", "mtd,mergesTotalDocs", "docs merged", kCount,
     [](const IndexTotals& totals) -> int64_t { return totals.operations.merged_docs; }},
    {"pri.merges.total_size", "mts,mergesTotalSize", "size merged", kBytes,
     [](const IndexTotals& totals) -> int64_t { return totals.operations.merged_bytes; }},
    {"pri.merges.total_time", "mtt,mergesTotalTime", "time spent in merges", kTime,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kMerge].millis(); }},
    {"pri.refresh.total", "rto,refreshTotal", "total refreshes", kCount,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kRefresh].total; }},
    {"pri.refresh.time", "rti,refreshTime", "time spent in refreshes", kTime,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kRefresh].millis(); }},
    {"pri.refresh.external_total", "rto,refreshTotal", "total external refreshes", kCount,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kRefresh].total; }},
    {"pri.refresh.external_time", "rti,refreshTime", "time spent in external refreshes", kTime,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kRefresh].millis(); }},
    {"pri.refresh.listeners", "rli,refreshListeners", "number of pending refresh listeners", kCount,
     [](const IndexTotals&) -> int64_t { return 0; }},
    {"pri.search.fetch_current", "sfc,searchFetchCurrent", "current fetch phase ops", kCount,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kFetch].current; }},
    {"pri.search.fetch_time", "sfti,searchFetchTime", "time spent in fetch phase", kTime,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kFetch].millis(); }},
    {"pri.search.fetch_total", "sfto,searchFetchTotal", "total fetch ops", kCount,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kFetch].total; }},
    {"pri.search.open_contexts", "so,searchOpenContexts", "open search contexts", kCount,
     [](const IndexTotals& totals) -> int64_t {
       return totals.operations[Operation::kScroll].current + totals.operations[Operation::kPointInTime].current;
     }},
    {"pri.search.query_current", "sqc,searchQueryCurrent", "current query phase ops", kCount,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kQuery].current; }},
    {"pri.search.query_time", "sqti,searchQueryTime", "time spent in query phase", kTime,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kQuery].millis(); }},
    {"pri.search.query_total", "sqto,searchQueryTotal", "total query phase ops", kCount,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kQuery].total; }},
    {"pri.search.scroll_current", "scc,searchScrollCurrent", "open scroll contexts", kCount,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kScroll].current; }},
    {"pri.search.scroll_time", "scti,searchScrollTime", "time scroll contexts held open", kTime,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kScroll].millis(); }},
    {"pri.search.scroll_total", "scto,searchScrollTotal", "completed scroll contexts", kCount,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kScroll].total; }},
    {"pri.segments.count", "sc,segmentsCount", "number of segments", kCount,
     [](const IndexTotals& totals) -> int64_t { return totals.engine.num_segments; }},
    {"pri.segments.memory", "sm,segmentsMemory", "memory used by segments", kBytes,
     [](const IndexTotals&) -> int64_t { return 0; }},
    {"pri.segments.index_writer_memory", "siwm,segmentsIndexWriterMemory", "memory used by index writer", kBytes,
     [](const IndexTotals&) -> int64_t { return 0; }},
    {"pri.segments.version_map_memory", "svmm,segmentsVersionMapMemory", "memory used by version map", kBytes,
     [](const IndexTotals&) -> int64_t { return 0; }},
    {"pri.segments.fixed_bitset_memory", "sfbm,fixedBitsetMemory",
     "memory used by fixed bit sets for nested object field types and type filters for types referred in _parent fields", kBytes,
     [](const IndexTotals&) -> int64_t { return 0; }},
    {"pri.warmer.current", "wc,warmerCurrent", "current warmer ops", kCount, [](const IndexTotals&) -> int64_t { return 0; }},
    {"pri.warmer.total", "wto,warmerTotal", "total warmer ops", kCount, [](const IndexTotals&) -> int64_t { return 0; }},
    {"pri.warmer.total_time", "wtt,warmerTotalTime", "time spent in warmers", kTime,
     [](const IndexTotals&) -> int64_t { return 0; }},
    {"pri.suggest.current", "suc,suggestCurrent", "number of current suggest ops", kCount,
     [](const IndexTotals&) -> int64_t { return 0; }},
    {"pri.suggest.time", "suti,suggestTime", "time spend in suggest", kTime, [](const IndexTotals&) -> int64_t { return 0; }},
    {"pri.suggest.total", "suto,suggestTotal", "number of suggest ops", kCount, [](const IndexTotals&) -> int64_t { return 0; }},
    {"pri.bulk.total_operations", "bto,bulkTotalOperations", "number of bulk shard ops", kCount,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kBulk].total; }},
    {"pri.bulk.total_time", "btti,bulkTotalTime", "time spend in shard bulk", kTime,
     [](const IndexTotals& totals) -> int64_t { return totals.operations[Operation::kBulk].millis(); }},
    {"pri.bulk.total_size_in_bytes", "btsi,bulkTotalSizeInBytes", "total size in bytes of shard bulk", kBytes,
     [](const IndexTotals& totals) -> int64_t { return totals.operations.bulk_bytes; }},
    {"pri.bulk.avg_time", "bati,bulkAvgTime", "average time spend in shard bulk", kTime,
     [](const IndexTotals& totals) -> int64_t { return totals.operations.average_bulk_nanoseconds / 1'000'000; }},
    {"pri.bulk.avg_size_in_bytes", "basi,bulkAvgSizeInBytes", "average size in bytes of shard bulk", kBytes,
     [](const IndexTotals& totals) -> int64_t { return totals.operations.average_bulk_bytes; }},
};

std::string text_of(const StatColumn& column, const IndexTotals& totals, const RestRequest& request) {
  const int64_t value = column.value(totals);
  if (column.kind == kTime) return cat_time(value, request);
  if (column.kind == kCount) return std::to_string(value);
  return cat_bytes(value, request).value_or(std::to_string(value));
}

}  // namespace

void add_stat_columns(CatTable& table, PrimaryColumns primaries) {
  for (const StatColumn& column : kColumns) {
    const auto add = [&](std::string_view name, std::string_view aliases) {
      table.columns.push_back({name, aliases, column.description, CatColumn::Align::kRight, CatColumn::Shown::kOnRequest});
    };
    add(column.primary_name.substr(4), column.aliases);
    if (primaries == PrimaryColumns::kToo) add(column.primary_name, "");
  }
}

void add_stat_cells(const IndexTotals& totals, PrimaryColumns primaries, const RestRequest& request,
                    std::vector<std::string>& row) {
  for (const StatColumn& column : kColumns) {
    row.push_back(text_of(column, totals, request));
    if (primaries == PrimaryColumns::kToo) row.push_back(row.back());
  }
}

void add_empty_stat_cells(PrimaryColumns primaries, std::vector<std::string>& row) {
  row.resize(row.size() + std::size(kColumns) * (primaries == PrimaryColumns::kToo ? 2 : 1));
}

}  // namespace selene::rest
