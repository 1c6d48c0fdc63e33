#include <algorithm>

#include "rest/handlers/documents/document_handlers.h"
#include "rest/handlers/documents/outcome_json.h"
#include "rest/handlers/documents/write_wait.h"
#include "rest/handlers/support.h"

namespace selene::rest {

namespace {

using base::Error;
using base::ErrorCode;
using ingest::DocumentAction;

base::Result<std::optional<int64_t>> optional_long(const RestRequest& request, std::string_view name) {
  if (!request.param(name)) return std::optional<int64_t>();
  ASSIGN_OR_RETURN(const int64_t value, request.long_param(name, 0));
  return std::optional<int64_t>(value);
}

base::Result<index::VersionType> version_type(const RestRequest& request) {
  const std::string_view text = request.param("version_type").value_or("internal");
  if (text == "internal") return index::VersionType::kInternal;
  if (text == "external" || text == "external_gt") return index::VersionType::kExternal;
  if (text == "external_gte") return index::VersionType::kExternalGte;
  return Error(ErrorCode::kIllegalArgument, "No version type match [{}]", text);
}

base::Result<DocumentAction> action_of(const RestRequest& request, DocumentAction::Type type) {
  DocumentAction action;
  action.type = type;
  action.index = request.path_param("index");
  action.id = request.path_param("id");
  action.body = request.body();
  action.routing = request.param("routing").value_or("");
  ASSIGN_OR_RETURN(action.version, optional_long(request, "version"));
  ASSIGN_OR_RETURN(action.version_type, version_type(request));
  ASSIGN_OR_RETURN(action.if_seq_no, optional_long(request, "if_seq_no"));
  ASSIGN_OR_RETURN(action.if_primary_term, optional_long(request, "if_primary_term"));
  ASSIGN_OR_RETURN(action.require_alias, request.bool_param("require_alias", false));
  if (const auto pipeline = request.param("pipeline")) action.pipeline = std::string(*pipeline);
  ASSIGN_OR_RETURN(action.wait, write_wait(request));
  return action;
}

base::Result<RestResponse> apply_one(const Services& services, const RestRequest& request, DocumentAction action) {
  if (const std::string fault = ingest::validate_action(action); !fault.empty()) {
    return Error(ErrorCode::kActionRequestValidation, "Validation Failed: 1: {};", fault);
  }
  ASSIGN_OR_RETURN(const ingest::RefreshPolicy refresh, refresh_policy(request));
  std::vector<DocumentAction> actions;
  actions.push_back(std::move(action));
  std::vector<base::Result<ingest::DocumentOutcome>> outcomes = services.documents.apply(actions, refresh);
  if (!outcomes.front() && is_unavailable(outcomes.front().error())) return unavailable_response(outcomes.front().error());
  ASSIGN_OR_RETURN(const ingest::DocumentOutcome outcome, std::move(outcomes.front()));
  base::JsonWriter out;
  out.begin_object();
  write_outcome(out, outcome, ReplicaLookup(services.catalog)(outcome.index));
  out.end_object();
  RestResponse response = json_response(out.take(), outcome_status(outcome));
  if (outcome.result == ingest::DocumentOutcome::Result::kCreated) {
    response.headers.set("Location", base::format("/{}/_doc/{}", outcome.index, outcome.id));
  }
  return response;
}

base::Status require_source(const RestRequest& request) {
  if (!request.body().empty()) return {};
  return Error(ErrorCode::kParse, "request body is required");
}

}  // namespace

base::Result<RestResponse> index_document(const Services& services, const RestRequest& request) {
  RETURN_IF_ERROR(require_source(request));
  const std::string_view op_type = request.param("op_type").value_or("index");
  if (op_type != "index" && op_type != "create") {
    return Error(ErrorCode::kIllegalArgument, "opType must be 'create' or 'index', found: [{}]", op_type);
  }
  ASSIGN_OR_RETURN(DocumentAction action,
                   action_of(request, op_type == "create" ? DocumentAction::Type::kCreate : DocumentAction::Type::kIndex));
  return apply_one(services, request, std::move(action));
}

base::Result<RestResponse> create_document(const Services& services, const RestRequest& request) {
  RETURN_IF_ERROR(require_source(request));
  ASSIGN_OR_RETURN(DocumentAction action, action_of(request, DocumentAction::Type::kCreate));
  return apply_one(services, request, std::move(action));
}

base::Result<RestResponse> update_document(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(DocumentAction action, action_of(request, DocumentAction::Type::kUpdate));
  ASSIGN_OR_RETURN(const int64_t retries, request.int_param("retry_on_conflict", 0));
  action.retry_on_conflict = static_cast<int32_t>(std::clamp<int64_t>(retries, 0, 1000));
  if (request.param("_source") || request.param("_source_includes") || request.param("_source_excludes")) {
    ASSIGN_OR_RETURN(search::SourceFilter filter, search::SourceFilter::parse({}, request.params()));
    action.source_filter = std::make_shared<const search::SourceFilter>(std::move(filter));
  }
  return apply_one(services, request, std::move(action));
}

base::Result<RestResponse> delete_document(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(DocumentAction action, action_of(request, DocumentAction::Type::kDelete));
  action.body = {};
  return apply_one(services, request, std::move(action));
}

}  // namespace selene::rest
