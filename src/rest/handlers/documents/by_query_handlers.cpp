#include <algorithm>
#include <memory>

#include "ingest/by_query/by_query_run.h"
#include "rest/comma_list.h"
#include "rest/error_renderer.h"
#include "rest/error_table.h"
#include "rest/handlers/documents/document_handlers.h"
#include "rest/handlers/documents/write_wait.h"
#include "rest/handlers/search/url_query.h"
#include "rest/handlers/support.h"

namespace selene::rest {

namespace {

using base::Error;
using base::ErrorCode;
using ingest::ByQueryKind;
using ingest::ByQueryProgress;
using ingest::ByQueryRequest;
using Clock = std::chrono::steady_clock;

constexpr int64_t kMaxBatch = 10000;

std::string_view action_of(ByQueryKind kind) {
  switch (kind) {
    case ByQueryKind::kUpdate: return "indices:data/write/update/byquery";
    case ByQueryKind::kDelete: return "indices:data/write/delete/byquery";
    case ByQueryKind::kReindex: return "indices:data/write/reindex";
  }
  return "";
}

std::string describe(const ByQueryRequest& request) {
  const std::string from = "[" + (request.indices.empty() ? std::string("_all") : request.indices) + "]";
  switch (request.kind) {
    case ByQueryKind::kUpdate: return "update-by-query " + from;
    case ByQueryKind::kDelete: return "delete-by-query " + from;
    case ByQueryKind::kReindex: return "reindex from " + from + " to [" + request.target.index + "]";
  }
  return from;
}

/// What a run and its task share.
struct ByQueryCall {
  std::unique_ptr<ByQueryRequest> request;
  ByQueryProgress progress;
  Clock::time_point start = Clock::now();
};

void write_counts(base::JsonWriter& out, const ByQueryCall& call) {
  const ByQueryProgress& progress = call.progress;
  out.field("total", progress.total.load());
  if (call.request->kind != ByQueryKind::kDelete) out.field("updated", progress.updated.load());
  if (call.request->kind == ByQueryKind::kReindex) out.field("created", progress.created.load());
  out.field("deleted", progress.deleted.load()).field("batches", progress.batches.load());
  out.field("version_conflicts", progress.version_conflicts.load()).field("noops", progress.noops.load());
  out.key("retries").begin_object().field("bulk", 0).field("search", 0).end_object();
  out.field("throttled_millis", progress.throttled_ms.load()).field("requests_per_second", progress.requests_per_second.load());
  out.field("throttled_until_millis", 0);
}

/// A status of 200 is left out: the answer of a run that ended early says its own.
struct Answer {
  std::string json;
  int status = 200;
};

Answer render(const ByQueryCall& call, const ingest::ByQueryResult& result) {
  Answer answer;
  base::JsonWriter out;
  out.begin_object();
  out.field("took", std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - call.start).count());
  out.field("timed_out", false);
  write_counts(out, call);
  if (result.cancelled) out.field("canceled", "by user request");
  out.key("failures").begin_array();
  for (const ingest::ByQueryFailure& failure : result.failures) {
    const bool unavailable = is_unavailable(failure.error);
    const int status = unavailable ? kUnavailableStatus : error_status(failure.error);
    answer.status = std::max(answer.status, status);
    out.begin_object().field("index", failure.index).field("id", failure.id).key("cause");
    if (unavailable) {
      write_unavailable(out, failure.error);
    } else {
      write_error_object(out, failure.error);
    }
    out.field("status", status).end_object();
  }
  answer.json = out.end_array().end_object().take();
  return answer;
}

base::Status check_slices(const RestRequest& request) {
  const auto text = request.param("slices");
  if (!text || *text == "auto") return {};
  ASSIGN_OR_RETURN(const int64_t slices, request.int_param("slices", 1));
  if (slices >= 1) return {};
  return Error(ErrorCode::kActionRequestValidation, "Validation Failed: 1: [slices] must be at least 1 but was [{}];", slices);
}

/// What the URL says for all three calls; it wins over the body.
base::Status read_parameters(const RestRequest& request, ByQueryRequest& out) {
  RETURN_IF_ERROR(check_slices(request));
  ASSIGN_OR_RETURN(out.requests_per_second, requests_per_second_of(request));
  ASSIGN_OR_RETURN(out.refresh, request.bool_param("refresh", false));
  ASSIGN_OR_RETURN(out.wait, write_wait(request));
  if (const auto conflicts = request.param("conflicts")) {
    if (*conflicts != "proceed" && *conflicts != "abort")
      return Error(ErrorCode::kIllegalArgument, "conflicts may only be \"proceed\" or \"abort\" but was [{}]", *conflicts);
    out.proceed_on_conflict = *conflicts == "proceed";
  }
  if (request.param("max_docs")) {
    ASSIGN_OR_RETURN(out.max_docs, request.int_param("max_docs", -1));
    if (out.max_docs < 1)
      return Error(ErrorCode::kActionRequestValidation, "[max_docs] parameter cannot be negative or zero, found [{}]",
                   out.max_docs);
  }
  if (request.param("scroll_size")) {
    ASSIGN_OR_RETURN(const int64_t size, request.int_param("scroll_size", 1000));
    if (size < 1 || size > kMaxBatch)
      return Error(ErrorCode::kIllegalArgument, "[scroll_size] must be between [1] and [{}] but was [{}]", kMaxBatch, size);
    out.batch_size = static_cast<int32_t>(size);
  }
  return {};
}

base::Result<RestResponse> run(const Services& services, const RestRequest& request, std::unique_ptr<ByQueryRequest> parsed) {
  ASSIGN_OR_RETURN(const bool wait, request.bool_param("wait_for_completion", true));
  auto call = std::make_shared<ByQueryCall>();
  call->request = std::move(parsed);
  call->progress.requests_per_second = call->request->requests_per_second;
  auto status = std::make_shared<int>(200);
  ingest::TaskSpec spec;
  spec.action = action_of(call->request->kind);
  spec.description = describe(*call->request);
  if (const std::string_view id = request.headers().get("X-Opaque-Id"); !id.empty()) spec.headers["X-Opaque-Id"] = id;
  spec.status = [call] {
    base::JsonWriter out;
    out.begin_object();
    write_counts(out, *call);
    return out.end_object().take();
  };
  spec.rethrottle = [call](float requests_per_second) { call->progress.requests_per_second = requests_per_second; };
  spec.run = [call, status, &services](const base::Cancellation& cancellation) -> base::Result<std::string> {
    ASSIGN_OR_RETURN(const ingest::ByQueryResult result,
                     ingest::run_by_query(services.catalog, services.documents, *call->request, cancellation, call->progress));
    Answer answer = render(*call, result);
    *status = answer.status;
    return std::move(answer.json);
  };
  if (wait) {
    ASSIGN_OR_RETURN(std::string answer, services.tasks.run(std::move(spec), request.cancellation()));
    return json_response(std::move(answer), *status);
  }
  ASSIGN_OR_RETURN(const int64_t id, services.tasks.start(std::move(spec)));
  base::JsonWriter out;
  out.begin_object().field("task", base::format("{}:{}", services.node.node_id, id)).end_object();
  return json_response(out.take());
}

base::Result<RestResponse> by_query(const Services& services, const RestRequest& request, ByQueryKind kind) {
  ASSIGN_OR_RETURN(const std::string body, body_with_url_query(request, UrlQuery::kReplacesQuery));
  ASSIGN_OR_RETURN(std::unique_ptr<ByQueryRequest> parsed, ByQueryRequest::parse(kind, body));
  parsed->indices = request.path_param("index");
  parsed->routing = request.param("routing").value_or("");
  parsed->pipeline = request.param("pipeline").value_or("");
  ASSIGN_OR_RETURN(parsed->options, indices_options(request));
  RETURN_IF_ERROR(read_parameters(request, *parsed));
  // What is named must be there before a task is made of it.
  RETURN_IF_ERROR(services.catalog.resolve(parsed->indices, parsed->options));
  return run(services, request, std::move(parsed));
}

}  // namespace

base::Result<RestResponse> update_by_query(const Services& services, const RestRequest& request) {
  return by_query(services, request, ByQueryKind::kUpdate);
}

base::Result<RestResponse> delete_by_query(const Services& services, const RestRequest& request) {
  return by_query(services, request, ByQueryKind::kDelete);
}

base::Result<RestResponse> reindex(const Services& services, const RestRequest& request) {
  if (request.body().empty()) return Error(ErrorCode::kParse, "request body is required");
  ASSIGN_OR_RETURN(std::unique_ptr<ByQueryRequest> parsed, ByQueryRequest::parse_reindex(request.body()));
  RETURN_IF_ERROR(read_parameters(request, *parsed));
  ASSIGN_OR_RETURN(const auto sources, services.catalog.resolve(parsed->indices, parsed->options));
  const bool into_itself = std::any_of(sources.begin(), sources.end(), [&](const auto& index) {
    return index->name == parsed->target.index || services.catalog.aliases_of(index->name).contains(parsed->target.index);
  });
  if (into_itself) {
    return Error(ErrorCode::kActionRequestValidation,
                 "Validation Failed: 1: reindex cannot write into an index its reading from [{}];", parsed->target.index);
  }
  return run(services, request, std::move(parsed));
}

}  // namespace selene::rest
