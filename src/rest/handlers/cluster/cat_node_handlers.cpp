#include <unistd.h>

#include <cstdlib>

#include "rest/cat_table.h"
#include "rest/handlers/cluster/cat_stat_columns.h"
#include "rest/handlers/cluster/cluster_handlers.h"
#include "rest/handlers/cluster/health.h"
#include "rest/handlers/support.h"

namespace selene::rest {

namespace {

using enum CatColumn::Align;

}  // namespace

base::Result<RestResponse> cat_help(const Services& /*services*/, const RestRequest& /*request*/) {
  constexpr std::string_view kTables[] = {"aliases",
                                          "aliases/{alias}",
                                          "allocation",
                                          "component_templates",
                                          "count",
                                          "count/{index}",
                                          "fielddata",
                                          "health",
                                          "indices",
                                          "indices/{index}",
                                          "master",
                                          "nodeattrs",
                                          "nodes",
                                          "pending_tasks",
                                          "plugins",
                                          "recovery",
                                          "recovery/{index}",
                                          "repositories",
                                          "segments",
                                          "segments/{index}",
                                          "shards",
                                          "shards/{index}",
                                          "tasks",
                                          "templates",
                                          "templates/{name}"};
  std::string text = "=^.^=\n";
  for (const std::string_view table : kTables) text.append("/_cat/").append(table).append("\n");
  return text_response(std::move(text));
}

base::Result<RestResponse> cat_health(const Services& services, const RestRequest& request) {
  CatTable table;
  table.columns = {
      {"epoch", "t,time", "seconds since 1970-01-01 00:00:00"},
      {"timestamp", "ts,hms", "time in HH:MM:SS"},
      {"cluster", "cl", "cluster name"},
      {"status", "st", "health status"},
      {"node.total", "nt,nodeTotal", "total number of nodes", kRight},
      {"node.data", "nd,nodeData", "number of nodes that can store data", kRight},
      {"shards", "t,sh,shards.total,shardsTotal", "total number of shards", kRight},
      {"pri", "p,shards.primary,shardsPrimary", "number of primary shards", kRight},
      {"relo", "r,shards.relocating,shardsRelocating", "number of relocating nodes", kRight},
      {"init", "i,shards.initializing,shardsInitializing", "number of initializing nodes", kRight},
      {"unassign", "u,shards.unassigned,shardsUnassigned", "number of unassigned shards", kRight},
      {"unassign.pri", "up,shards.unassigned.primary,shardsUnassignedPrimary", "number of unassigned primary shards", kRight},
      {"pending_tasks", "pt,pendingTasks", "number of pending tasks", kRight},
      {"max_task_wait_time", "mtwt,maxTaskWaitTime", "wait time of longest task pending", kRight},
      {"active_shards_percent", "asp,activeShardsPercent", "active number of shards in percent", kRight}};
  const Health health = health_of(services.catalog.all());
  const int64_t epoch =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  const int64_t day = epoch % 86400;
  const std::string primaries = std::to_string(health.primaries);
  table.rows.push_back({std::to_string(epoch), base::format("{:02}:{:02}:{:02}", day / 3600, day / 60 % 60, day % 60),
                        services.node.cluster_name, std::string(health.status()), "1", "1", primaries, primaries, "0", "0",
                        std::to_string(health.replicas), "0", "0", "-", base::format("{:.1f}%", health.active_percent())});
  return render_cat_table(std::move(table), request);
}

base::Result<RestResponse> cat_nodes(const Services& services, const RestRequest& request) {
  CatTable table;
  table.columns = {{"id", "id,nodeId", "unique node id", CatColumn::Align::kLeft, CatColumn::Shown::kOnRequest},
                   {"ip", "i", "ip address"},
                   {"heap.percent", "hp,heapPercent", "used heap ratio", kRight},
                   {"ram.percent", "rp,ramPercent", "used machine memory ratio", kRight},
                   {"cpu", "cpu", "recent cpu usage", kRight},
                   {"load_1m", "l", "1m load avg", kRight},
                   {"load_5m", "l", "5m load avg", kRight},
                   {"load_15m", "l", "15m load avg", kRight},
                   {"node.role", "r,role,nodeRole", "m:master eligible node, d:data node, i:ingest node, l:machine learning node"},
                   {"master", "m", "*:current master"},
                   {"name", "n", "node name"},
                   {"http_address", "http", "bound http address", CatColumn::Align::kLeft, CatColumn::Shown::kOnRequest},
                   {"version", "v", "version", CatColumn::Align::kLeft, CatColumn::Shown::kOnRequest}};
  add_stat_columns(table, PrimaryColumns::kNone);
  double load[3] = {0, 0, 0};
  if (getloadavg(load, 3) != 3) load[0] = load[1] = load[2] = 0;
  const double pages = static_cast<double>(sysconf(_SC_PHYS_PAGES));
  const double used = pages > 0 ? 100.0 - 100.0 * static_cast<double>(sysconf(_SC_AVPHYS_PAGES)) / pages : 0;
  table.rows.push_back({services.node.node_id.substr(0, 4), std::string(host_of(services.node)), "", base::format("{:.0f}", used),
                        "", base::format("{:.2f}", load[0]), base::format("{:.2f}", load[1]), base::format("{:.2f}", load[2]),
                        "dilm", "*", services.node.name, services.node.http_address, "9.5.0"});
  IndexTotals totals = totals_of(services, services.catalog.all());
  totals.operations += services.catalog.past_operations();
  add_stat_cells(totals, PrimaryColumns::kNone, request, table.rows.back());
  return render_cat_table(std::move(table), request);
}

base::Result<RestResponse> cat_master(const Services& services, const RestRequest& request) {
  CatTable table;
  table.columns = {{"id", "", "node id"}, {"host", "h", "host name"}, {"ip", "", "ip address"}, {"node", "n", "node name"}};
  table.rows.push_back(
      {services.node.node_id, std::string(host_of(services.node)), std::string(host_of(services.node)), services.node.name});
  return render_cat_table(std::move(table), request);
}

base::Result<RestResponse> cat_plugins(const Services& /*services*/, const RestRequest& request) {
  CatTable table;
  table.columns = {{"name", "n", "node name"}, {"component", "c", "component"}, {"version", "v", "component version"}};
  return render_cat_table(std::move(table), request);
}

}  // namespace selene::rest
