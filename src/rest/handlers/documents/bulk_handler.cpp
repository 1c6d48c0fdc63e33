#include <chrono>

#include "rest/error_renderer.h"
#include "rest/error_table.h"
#include "rest/handlers/documents/document_handlers.h"
#include "rest/handlers/documents/outcome_json.h"
#include "rest/handlers/documents/write_wait.h"
#include "rest/handlers/support.h"

namespace selene::rest {

namespace {

using ingest::DocumentAction;

std::string_view action_name(DocumentAction::Type type) {
  switch (type) {
    case DocumentAction::Type::kIndex: return "index";
    case DocumentAction::Type::kCreate: return "create";
    case DocumentAction::Type::kUpdate: return "update";
    case DocumentAction::Type::kDelete: return "delete";
  }
  return "index";
}

void write_failure(base::JsonWriter& out, const DocumentAction& action, const base::Error& error) {
  out.field("_index", action.index).key("_id");
  out.value(action.id.empty() ? std::string_view("auto-generated") : std::string_view(action.id));
  if (is_unavailable(error)) {
    out.field("status", kUnavailableStatus).key("error");
    return write_unavailable(out, error);
  }
  out.field("status", error_status(error)).key("error");
  write_error_object(out, error);
}

}  // namespace

base::Result<RestResponse> bulk(const Services& services, const RestRequest& request) {
  const auto start = std::chrono::steady_clock::now();
  ASSIGN_OR_RETURN(const ingest::RefreshPolicy refresh, refresh_policy(request));
  ingest::BulkDefaults defaults{request.path_param("index"), request.param("routing").value_or(""), false, nullptr};
  ASSIGN_OR_RETURN(defaults.require_alias, request.bool_param("require_alias", false));
  if (const auto pipeline = request.param("pipeline")) defaults.pipeline = std::string(*pipeline);
  ASSIGN_OR_RETURN(defaults.wait, write_wait(request));
  ASSIGN_OR_RETURN(const bool lists_pipelines, request.bool_param("list_executed_pipelines", false));
  if (request.param("_source") || request.param("_source_includes") || request.param("_source_excludes")) {
    ASSIGN_OR_RETURN(search::SourceFilter filter, search::SourceFilter::parse({}, request.params()));
    defaults.source_filter = std::make_shared<const search::SourceFilter>(std::move(filter));
  }

  base::JsonWriter items;
  ReplicaLookup replicas(services.catalog);
  bool errors = false;
  bool piped = false;
  items.begin_array();
  RETURN_IF_ERROR(
      services.documents.apply_bulk(request.body(), defaults, refresh, [&](const DocumentAction& action, const auto& outcome) {
        items.begin_object().key(action_name(action.type)).begin_object();
        if (outcome) {
          write_outcome(items, *outcome, replicas(outcome->index));
          items.field("status", outcome_status(*outcome));
          if (lists_pipelines) {
            items.key("executed_pipelines").begin_array();
            for (const std::string& id : outcome->executed_pipelines) items.value(id);
            items.end_array();
          }
          piped = piped || !outcome->executed_pipelines.empty();
        } else {
          errors = true;
          write_failure(items, action, outcome.error());
        }
        items.end_object().end_object();
      }));
  items.end_array();

  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start).count();
  base::JsonWriter out;
  out.begin_object().field("errors", errors).field("took", took);
  if (piped) out.field("ingest_took", took);
  out.key("items").raw(items.text()).end_object();
  return json_response(out.take());
}

}  // namespace selene::rest
