#include <sys/statvfs.h>
#include <unistd.h>

#include <chrono>

#include "base/json/json_tree.h"
#include "base/time_value.h"
#include "base/wildcard.h"
#include "index/catalog/index_templates.h"
#include "index/mapping/document_parser.h"
#include "rest/cat_table.h"
#include "rest/handlers/cluster/cluster_handlers.h"
#include "rest/handlers/support.h"

namespace selene::rest {

namespace {

using base::JsonTree;

using enum CatColumn::Align;
using enum CatColumn::Shown;

std::string joined(const JsonTree* list) {
  if (list == nullptr) return "[]";
  if (list->is_string()) return "[" + list->as_string() + "]";
  std::string text;
  for (const JsonTree& one : list->as_array())
    text.append(text.empty() ? "" : ", ").append(one.is_string() ? one.as_string() : one.to_json());
  return "[" + text + "]";
}

std::string text_of(const JsonTree* value, std::string_view fallback) {
  if (value == nullptr || value->is_null()) return std::string(fallback);
  return value->is_string() ? value->as_string() : value->to_json();
}

size_t count_members(const JsonTree& body, std::string_view part) {
  const JsonTree* const contents = body.find("template");
  const JsonTree* const members = contents == nullptr ? nullptr : contents->find(part);
  return members != nullptr && members->is_object() ? members->as_object().size() : 0;
}

std::string clock_text(int64_t ms) { return index::format_date(ms, "HH:mm:ss"); }

}  // namespace

base::Result<RestResponse> cat_templates(const Services& services, const RestRequest& request) {
  CatTable table;
  table.columns = {{"name", "n", "template name"},
                   {"index_patterns", "t", "template index patterns"},
                   {"order", "o,p", "template application order/priority number"},
                   {"version", "v", "version"},
                   {"composed_of", "c", "component templates comprising index template"}};
  for (const auto& [name, body] : services.catalog.templates().templates(request.path_param("name"))) {
    table.rows.push_back({name, joined(body.find("index_patterns")), text_of(body.find("priority"), "0"),
                          text_of(body.find("version"), ""), joined(body.find("composed_of"))});
  }
  return render_cat_table(std::move(table), request);
}

base::Result<RestResponse> cat_component_templates(const Services& services, const RestRequest& request) {
  CatTable table;
  table.columns = {{"name", "n", "component template name"},  {"version", "v", "version"},
                   {"alias_count", "a", "alias count"},       {"mapping_count", "m", "mapping count"},
                   {"settings_count", "s", "settings count"}, {"metadata_count", "me", "metadata count"},
                   {"included_in", "i", "included in"}};
  const auto templates = services.catalog.templates().templates("");
  for (const auto& [name, body] : services.catalog.templates().components(request.path_param("name"))) {
    JsonTree users = JsonTree::array();
    for (const auto& [user, user_body] : templates) {
      const JsonTree* const parts = user_body.find("composed_of");
      if (parts == nullptr || !parts->is_array()) continue;
      for (const JsonTree& part : parts->as_array()) {
        if (part == JsonTree(name)) users.as_array().emplace_back(user);
      }
    }
    const JsonTree* const meta = body.find("_meta");
    table.rows.push_back({name, text_of(body.find("version"), ""), std::to_string(count_members(body, "aliases")),
                          std::to_string(count_members(body, "mappings")), std::to_string(count_members(body, "settings")),
                          std::to_string(meta != nullptr && meta->is_object() ? meta->as_object().size() : 0), joined(&users)});
  }
  return render_cat_table(std::move(table), request);
}

base::Result<RestResponse> cat_segments(const Services& services, const RestRequest& request) {
  CatTable table;
  table.columns = {{"index", "i,idx", "index name"},
                   {"shard", "s,sh", "shard name"},
                   {"prirep", "p,pr,primaryOrReplica", "primary or replica"},
                   {"ip", "", "ip of node where it lives"},
                   {"id", "", "unique id of node where it lives", kLeft, kOnRequest},
                   {"segment", "seg", "segment name"},
                   {"generation", "g,gen", "segment generation", kRight},
                   {"docs.count", "dc,docsCount", "number of docs in segment", kRight},
                   {"docs.deleted", "dd,docsDeleted", "number of deleted docs in segment", kRight},
                   {"size", "si", "segment size in bytes", kRight},
                   {"committed", "ic,isCommitted", "is segment committed"},
                   {"searchable", "is,isSearchable", "is segment searched"},
                   {"version", "v,ver", "version"},
                   {"compound", "ico,isCompound", "is segment compound"}};
  ASSIGN_OR_RETURN(const auto indices, resolve_indices(services.catalog, request));
  const std::string ip(host_of(services.node));
  for (const auto& index : indices) {
    size_t number = 0;
    const auto snapshot = index->engine->snapshot();
    for (const index::SegmentView& view : snapshot->segments()) {
      ASSIGN_OR_RETURN(std::string size, cat_bytes(view.reader->size_bytes(), request));
      table.rows.push_back({index->name, "0", "p", ip, services.node.node_id, base::format("_{}", number), std::to_string(number),
                            std::to_string(view.num_docs()), std::to_string(view.reader->max_doc() - view.num_docs()),
                            std::move(size), "true", "true", "10.4.0", "true"});
      ++number;
    }
  }
  return render_cat_table(std::move(table), request);
}

base::Result<RestResponse> cat_recovery(const Services& services, const RestRequest& request) {
  CatTable table;
  table.columns = {{"index", "i,idx", "index name"},
                   {"shard", "s,sh", "shard name"},
                   {"time", "t,ti", "recovery time"},
                   {"type", "ty", "recovery type"},
                   {"stage", "st", "recovery stage"},
                   {"source_host", "shost", "source host"},
                   {"source_node", "snode", "source node name"},
                   {"target_host", "thost", "target host"},
                   {"target_node", "tnode", "target node name"},
                   {"bytes_percent", "bp", "percent of bytes recovered"}};
  const auto started = std::chrono::duration_cast<std::chrono::milliseconds>(services.node.started_at.time_since_epoch()).count();
  ASSIGN_OR_RETURN(const auto indices, resolve_indices(services.catalog, request, Reach::kAnyState));
  for (const auto& index : indices) {
    const bool empty = index->creation_date_ms > started;
    table.rows.push_back({index->name, "0", "0s", empty ? "empty_store" : "existing_store", "done", "n/a", "n/a",
                          std::string(host_of(services.node)), services.node.name, "100.0%"});
  }
  return render_cat_table(std::move(table), request);
}

base::Result<RestResponse> cat_allocation(const Services& services, const RestRequest& request) {
  CatTable table;
  table.columns = {{"shards", "s", "number of shards on node", kRight},
                   {"disk.indices", "di,diskIndices", "disk used by ES indices", kRight},
                   {"disk.used", "du,diskUsed", "disk used (total, not just ES)", kRight},
                   {"disk.avail", "da,diskAvail", "disk available", kRight},
                   {"disk.total", "dt,diskTotal", "total capacity of all volumes", kRight},
                   {"disk.percent", "dp,diskPercent", "percent disk used", kRight},
                   {"host", "h", "host of node"},
                   {"ip", "", "ip of node"},
                   {"node", "n", "name of node"},
                   {"node.role", "r,role,nodeRole", "node roles"}};
  int64_t bytes = 0;
  int64_t unassigned = 0;
  const auto indices = services.catalog.all();
  for (const auto& index : indices) {
    bytes += index->engine->stats().size_bytes;
    unassigned += index->settings.number_of_replicas;
  }
  struct statvfs disk {};
  const bool known = statvfs(".", &disk) == 0;
  const int64_t total = known ? static_cast<int64_t>(disk.f_blocks * disk.f_frsize) : 0;
  const int64_t free = known ? static_cast<int64_t>(disk.f_bavail * disk.f_frsize) : 0;
  ASSIGN_OR_RETURN(const std::string shown_indices, cat_bytes(bytes, request));
  ASSIGN_OR_RETURN(const std::string shown_used, cat_bytes(total - free, request));
  ASSIGN_OR_RETURN(const std::string shown_free, cat_bytes(free, request));
  ASSIGN_OR_RETURN(const std::string shown_total, cat_bytes(total, request));
  const std::string host(host_of(services.node));
  table.rows.push_back({std::to_string(indices.size()), shown_indices, shown_used, shown_free, shown_total,
                        std::to_string(total == 0 ? 0 : 100 * (total - free) / total), host, host, services.node.name, "dilm"});
  if (unassigned > 0) table.rows.push_back({std::to_string(unassigned), "", "", "", "", "", "", "", "UNASSIGNED", ""});
  return render_cat_table(std::move(table), request);
}

base::Result<RestResponse> cat_tasks(const Services& services, const RestRequest& request) {
  CatTable table;
  table.columns = {{"action", "ac", "task action"},
                   {"task_id", "ti", "unique task id"},
                   {"parent_task_id", "pti", "parent task id"},
                   {"type", "ty", "task type"},
                   {"start_time", "start", "start time in ms"},
                   {"timestamp", "ts,hms,hhmmss", "start time in HH:MM:SS"},
                   {"running_time", "time", "running time"},
                   {"ip", "i", "ip address"},
                   {"node", "n", "node name"}};
  for (const ingest::TaskInfo& task : services.tasks.running()) {
    table.rows.push_back({task.action, base::format("{}:{}", services.node.node_id, task.id), "-", "transport",
                          std::to_string(task.start_time_ms), clock_text(task.start_time_ms),
                          base::format_time_value(task.running_time_ns / 1'000'000), std::string(host_of(services.node)),
                          services.node.name});
  }
  return render_cat_table(std::move(table), request);
}

base::Result<RestResponse> cat_pending_tasks(const Services& /*services*/, const RestRequest& request) {
  CatTable table;
  table.columns = {{"insertOrder", "o", "task insertion order", kRight},
                   {"timeInQueue", "t", "how long task has been in queue", kRight},
                   {"priority", "p", "task priority"},
                   {"source", "s", "task source"}};
  return render_cat_table(std::move(table), request);
}

base::Result<RestResponse> cat_nodeattrs(const Services& /*services*/, const RestRequest& request) {
  CatTable table;
  table.columns = {{"node", "name", "node name"},
                   {"host", "h", "host name"},
                   {"ip", "i", "ip address"},
                   {"attr", "attr.name", "attribute description"},
                   {"value", "attr.value", "attribute value"}};
  return render_cat_table(std::move(table), request);
}

base::Result<RestResponse> cat_fielddata(const Services& /*services*/, const RestRequest& request) {
  CatTable table;
  table.columns = {{"id", "", "node id"},      {"host", "h", "host name"},   {"ip", "", "ip address"},
                   {"node", "n", "node name"}, {"field", "f", "field name"}, {"size", "s", "field data usage"}};
  return render_cat_table(std::move(table), request);
}

base::Result<RestResponse> cat_repositories(const Services& /*services*/, const RestRequest& request) {
  CatTable table;
  table.columns = {{"id", "id,repoId", "unique repository id"}, {"type", "t,type", "repository type"}};
  return render_cat_table(std::move(table), request);
}

}  // namespace selene::rest
