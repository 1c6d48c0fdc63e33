#include <charconv>

#include "base/time_value.h"
#include "base/wildcard.h"
#include "ingest/tasks/task_registry.h"
#include "rest/comma_list.h"
#include "rest/error_renderer.h"
#include "rest/handlers/cluster/cluster_handlers.h"
#include "rest/handlers/documents/write_wait.h"
#include "rest/handlers/support.h"

namespace selene::rest {

namespace {

using base::Error;
using base::ErrorCode;
using ingest::TaskInfo;

constexpr std::chrono::milliseconds kDefaultWait{30000};

void write_task(base::JsonWriter& out, const NodeInfo& node, const TaskInfo& task, bool detailed) {
  out.begin_object().field("node", node.node_id).field("id", task.id).field("type", "transport").field("action", task.action);
  if (detailed) out.key("status").raw(task.status).field("description", task.description);
  out.field("start_time_in_millis", task.start_time_ms).field("running_time_in_nanos", task.running_time_ns);
  out.field("cancellable", true).field("cancelled", task.cancelled).key("headers").begin_object();
  for (const auto& [name, value] : task.headers) out.field(name, value);
  out.end_object().end_object();
}

/// `node:number` of this node. Errors: kIllegalArgument (no such form), kResourceNotFound.
base::Result<int64_t> parse_task_id(const NodeInfo& node, std::string_view text) {
  const size_t colon = text.rfind(':');
  int64_t id = 0;
  const char* const end = text.data() + text.size();
  const bool number = colon != std::string_view::npos && std::from_chars(text.data() + colon + 1, end, id).ptr == end;
  if (!number || colon + 1 == text.size()) return Error(ErrorCode::kIllegalArgument, "malformed task id {}", text);
  if (text.substr(0, colon) == node.node_id) return id;
  return Error(ErrorCode::kResourceNotFound,
               "task [{}] belongs to the node [{}] which isn't part of the cluster and there is no record of the task", text,
               text.substr(0, colon));
}

Error not_found(std::string_view id) {
  return Error(ErrorCode::kResourceNotFound, "task [{}] isn't running and hasn't stored its results", id);
}

bool wanted(const RestRequest& request, const TaskInfo& task) {
  const std::vector<std::string> actions = split_list(request.param("actions").value_or(""));
  if (actions.empty()) return true;
  for (const std::string& pattern : actions) {
    if (base::matches_wildcard(pattern, task.action)) return true;
  }
  return false;
}

/// The action of the tasks that a call such as `/_reindex/{task_id}/_rethrottle` means.
std::string_view by_query_action(std::string_view path) {
  if (path.starts_with("/_reindex")) return "indices:data/write/reindex";
  return path.starts_with("/_update_by_query") ? "indices:data/write/update/byquery" : "indices:data/write/delete/byquery";
}

/// {"nodes":{id:{..,"tasks":{..}}}} of the tasks that `request` asks for.
std::string list_json(const Services& services, const RestRequest& request, const std::vector<TaskInfo>& tasks, bool detailed) {
  const NodeInfo& node = services.node;
  const std::string_view group = request.param("group_by").value_or("nodes");
  base::JsonWriter out;
  out.begin_object();
  if (group == "nodes") {
    out.key("nodes").begin_object();
    if (!tasks.empty()) {
      out.key(node.node_id).begin_object().field("name", node.name).field("transport_address", node.http_address);
      out.field("host", host_of(node)).field("ip", node.http_address).key("roles").begin_array();
      for (const std::string_view role : node_roles()) out.value(role);
      out.end_array();
    }
  }
  const bool listed = group == "none";
  if (group != "nodes" || !tasks.empty()) {
    out.key("tasks");
    listed ? out.begin_array() : out.begin_object();
    for (const TaskInfo& task : tasks) {
      if (!listed) out.key(base::format("{}:{}", node.node_id, task.id));
      write_task(out, node, task, detailed);
    }
    listed ? out.end_array() : out.end_object();
  }
  if (group == "nodes") {
    if (!tasks.empty()) out.end_object();
    out.end_object();
  }
  return out.end_object().take();
}

}  // namespace

base::Result<RestResponse> list_tasks(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const bool detailed, request.bool_param("detailed", false));
  std::vector<TaskInfo> tasks;
  for (TaskInfo& task : services.tasks.running()) {
    if (wanted(request, task)) tasks.push_back(std::move(task));
  }
  return json_response(list_json(services, request, tasks, detailed));
}

base::Result<RestResponse> get_task(const Services& services, const RestRequest& request) {
  const std::string_view text = request.path_param("task_id");
  ASSIGN_OR_RETURN(const int64_t id, parse_task_id(services.node, text));
  ASSIGN_OR_RETURN(const bool wait, request.bool_param("wait_for_completion", false));
  ASSIGN_OR_RETURN(const auto timeout, request.time_param("timeout", kDefaultWait));
  if (wait && !services.tasks.wait(id, timeout))
    return Error(ErrorCode::kTimeout, "Timed out waiting for completion of task [{}]", text);
  const std::optional<TaskInfo> task = services.tasks.find(id);
  if (!task) return not_found(text);
  base::JsonWriter out;
  out.begin_object().field("completed", task->result.has_value()).key("task");
  write_task(out, services.node, *task, true);
  if (task->result && task->result->has_value()) out.key("response").raw(**task->result);
  if (task->result && !task->result->has_value()) {
    out.key("error");
    write_error_object(out, task->result->error());
  }
  return json_response(out.end_object().take());
}

base::Result<RestResponse> cancel_tasks(const Services& services, const RestRequest& request) {
  std::vector<TaskInfo> cancelled;
  const std::string_view text = request.path_param("task_id");
  int64_t only = 0;
  if (!text.empty()) {
    ASSIGN_OR_RETURN(only, parse_task_id(services.node, text));
    if (!services.tasks.cancel(only)) return Error(ErrorCode::kResourceNotFound, "task [{}] is not found", text);
  }
  for (TaskInfo& task : services.tasks.running()) {
    if (only != 0 ? task.id != only : !wanted(request, task)) continue;
    services.tasks.cancel(task.id);
    task.cancelled = true;
    cancelled.push_back(std::move(task));
  }
  return json_response(list_json(services, request, cancelled, true));
}

base::Result<RestResponse> rethrottle_task(const Services& services, const RestRequest& request) {
  const std::string_view text = request.path_param("task_id");
  ASSIGN_OR_RETURN(const int64_t id, parse_task_id(services.node, text));
  if (!request.param("requests_per_second"))
    return Error(ErrorCode::kIllegalArgument, "requests_per_second is a required parameter");
  ASSIGN_OR_RETURN(const float rate, requests_per_second_of(request));
  if (!services.tasks.rethrottle(id, by_query_action(request.path()), rate))
    return Error(ErrorCode::kResourceNotFound, "task [{}] is missing", text);
  std::vector<TaskInfo> tasks;
  if (const std::optional<TaskInfo> task = services.tasks.find(id)) tasks.push_back(*task);
  return json_response(list_json(services, request, tasks, true));
}

}  // namespace selene::rest
