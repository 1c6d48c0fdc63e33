#include "base/wildcard.h"
#include "rest/cat_table.h"
#include "rest/handlers/cluster/cat_stat_columns.h"
#include "rest/handlers/cluster/cluster_handlers.h"
#include "rest/handlers/cluster/health.h"
#include "rest/handlers/support.h"

namespace selene::rest {

namespace {

using enum CatColumn::Align;
using enum CatColumn::Shown;

std::string clock_text(std::chrono::system_clock::time_point now) {
  const int64_t seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count() % 86400;
  return base::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

}  // namespace

base::Result<RestResponse> cat_indices(const Services& services, const RestRequest& request) {
  CatTable table;
  table.columns = {{"health", "h", "current health status"},
                   {"status", "s", "open/close status"},
                   {"index", "i,idx", "index name"},
                   {"uuid", "id,uuid", "index uuid"},
                   {"pri", "p,shards.primary,shardsPrimary", "number of primary shards", kRight},
                   {"rep", "r,shards.replica,shardsReplica", "number of replica shards", kRight},
                   {"docs.count", "dc,docsCount", "available docs", kRight},
                   {"docs.deleted", "dd,docsDeleted", "deleted docs", kRight},
                   {"creation.date", "cd", "index creation date (millisecond value)", kLeft, kOnRequest},
                   {"store.size", "ss,storeSize", "store size of primaries & replicas", kRight},
                   {"pri.store.size", "", "store size of primaries", kRight},
                   {"dataset.size", "", "total size of dataset", kRight}};
  add_stat_columns(table, PrimaryColumns::kToo);
  ASSIGN_OR_RETURN(const auto indices, resolve_indices(services.catalog, request, Reach::kAnyState));
  const std::string_view health = request.param("health").value_or("");
  if (!health.empty() && health != "green" && health != "yellow" && health != "red")
    return base::Error(base::ErrorCode::kIllegalArgument, "unknown cluster health status [{}]", health);
  for (const auto& index : indices) {
    const Health of_index = health_of({index});
    if (!health.empty() && health != of_index.status()) continue;
    const IndexTotals totals = totals_of(services, *index);
    const index::EngineStats& stats = totals.engine;
    ASSIGN_OR_RETURN(const std::string size, cat_bytes(stats.size_bytes, request));
    const std::string replicas = std::to_string(index->settings.number_of_replicas);
    if (index->state == index::IndexState::kClosed) {
      table.rows.push_back({std::string(of_index.status()), "close", index->name, index->uuid, "1", replicas, "", "",
                            std::to_string(index->creation_date_ms), "", "", ""});
      add_empty_stat_cells(PrimaryColumns::kToo, table.rows.back());
      continue;
    }
    table.rows.push_back({std::string(of_index.status()), "open", index->name, index->uuid, "1", replicas,
                          std::to_string(stats.num_docs), std::to_string(stats.num_deleted_docs),
                          std::to_string(index->creation_date_ms), size, size, size});
    add_stat_cells(totals, PrimaryColumns::kToo, request, table.rows.back());
  }
  return render_cat_table(std::move(table), request);
}

base::Result<RestResponse> cat_shards(const Services& services, const RestRequest& request) {
  CatTable table;
  table.columns = {{"index", "i,idx", "index name"},
                   {"shard", "s,sh", "shard name"},
                   {"prirep", "p,pr,primaryOrReplica", "primary or replica"},
                   {"state", "st", "shard state"},
                   {"docs", "d,dc", "number of docs in shard", kRight},
                   {"store", "sto", "store size of shard (how much disk it uses)", kRight},
                   {"dataset", "", "total size of dataset", kRight},
                   {"ip", "", "ip of node where it lives"},
                   {"node", "n", "name of node where it lives"}};
  add_stat_columns(table, PrimaryColumns::kNone);
  const std::string ip(host_of(services.node));
  ASSIGN_OR_RETURN(const auto indices, resolve_indices(services.catalog, request, Reach::kAnyState));
  for (const auto& index : indices) {
    const IndexTotals totals = totals_of(services, *index);
    const index::EngineStats& stats = totals.engine;
    ASSIGN_OR_RETURN(const std::string size, cat_bytes(stats.size_bytes, request));
    table.rows.push_back({index->name, "0", "p", "STARTED", std::to_string(stats.num_docs), size, size, ip, services.node.name});
    add_stat_cells(totals, PrimaryColumns::kNone, request, table.rows.back());
    for (int32_t i = 0; i < index->settings.number_of_replicas; ++i) {
      table.rows.push_back({index->name, "0", "r", "UNASSIGNED", "", "", "", "", ""});
      add_empty_stat_cells(PrimaryColumns::kNone, table.rows.back());
    }
  }
  return render_cat_table(std::move(table), request);
}

base::Result<RestResponse> cat_count(const Services& services, const RestRequest& request) {
  CatTable table;
  table.columns = {{"epoch", "t,time", "seconds since 1970-01-01 00:00:00"},
                   {"timestamp", "ts,hms", "time in HH:MM:SS"},
                   {"count", "dc,docs.count", "the document count"}};
  ASSIGN_OR_RETURN(const auto indices, resolve_indices(services.catalog, request));
  int64_t docs = 0;
  for (const auto& index : indices) docs += index->engine->snapshot()->num_docs();
  const auto now = std::chrono::system_clock::now();
  const int64_t epoch = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  table.rows.push_back({std::to_string(epoch), clock_text(now), std::to_string(docs)});
  return render_cat_table(std::move(table), request);
}

base::Result<RestResponse> cat_aliases(const Services& services, const RestRequest& request) {
  CatTable table;
  table.columns = {{"alias", "a", "alias name"},
                   {"index", "i,idx", "index alias points to"},
                   {"filter", "f,fi", "filter"},
                   {"routing.index", "ri,routingIndex", "index routing"},
                   {"routing.search", "rs,routingSearch", "search routing"},
                   {"is_write_index", "w,isWriteIndex", "write index"}};
  const std::vector<std::string> patterns = split_list(request.path_param("name"));
  for (const auto& index : services.catalog.all()) {
    for (const auto& [alias, info] : services.catalog.aliases_of(index->name)) {
      bool wanted = patterns.empty();
      for (const std::string& pattern : patterns) wanted = wanted || base::matches_wildcard(pattern, alias);
      if (!wanted) continue;
      const std::string write = !info.is_write_index ? "-" : *info.is_write_index ? "true" : "false";
      const auto shown = [](const std::string& routing) { return routing.empty() ? std::string("-") : routing; };
      table.rows.push_back(
          {alias, index->name, info.filter.empty() ? "-" : "*", shown(info.index_routing), shown(info.search_routing), write});
    }
  }
  return render_cat_table(std::move(table), request);
}

}  // namespace selene::rest
