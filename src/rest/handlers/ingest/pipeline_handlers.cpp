#include <charconv>
#include <optional>

#include "rest/error_renderer.h"
#include "rest/handlers/ingest/ingest_handlers.h"
#include "rest/handlers/support.h"

namespace selene::rest {

namespace {

using base::Error;
using base::ErrorCode;
using base::JsonTree;
using ingest::PipelineService;

void write_simulated(base::JsonWriter& out, const ingest::IngestDocument& document) {
  out.key("doc").begin_object();
  for (const char* const name : {"_index", "_id", "_version", "_routing", "_version_type", "_if_seq_no", "_if_primary_term"}) {
    const std::string value = document.metadata(name);
    if (!value.empty()) out.field(name, value);
  }
  out.key("_source");
  document.source().write(out);
  out.key("_ingest");
  JsonTree shown = JsonTree::object();
  for (const JsonTree::Member& member : document.ingest().as_object()) shown.set(member.key, member.value);
  shown.write(out);
  out.end_object();
}

void write_failure(base::JsonWriter& out, std::string_view key, const Error& error) {
  out.key(key);
  write_error_with_root_cause(out, error);
}

std::string_view status_name(ingest::StepReport::Status status) {
  using StepStatus = ingest::StepReport::Status;
  switch (status) {
    case StepStatus::kSuccess: return "success";
    case StepStatus::kSkipped: return "skipped";
    case StepStatus::kDropped: return "dropped";
    case StepStatus::kError: return "error";
    case StepStatus::kErrorIgnored: return "error_ignored";
  }
  return "success";
}

void write_steps(base::JsonWriter& out, const PipelineService::SimulatedDocument& result) {
  out.begin_object().key("processor_results").begin_array();
  for (const auto& step : result.steps) {
    const bool skipped = step.status == ingest::StepReport::Status::kSkipped;
    const bool ignored = step.status == ingest::StepReport::Status::kErrorIgnored;
    out.begin_object().field("processor_type", step.type).field("status", status_name(step.status));
    if (!step.description.empty()) out.field("description", step.description);
    if (!step.tag.empty()) out.field("tag", step.tag);
    if (!step.condition.empty())
      out.key("if").begin_object().field("condition", step.condition).field("result", !skipped).end_object();
    if (step.failure && !ignored) write_failure(out, "error", *step.failure);
    if (step.failure && ignored) {
      out.key("ignored_error").begin_object();
      write_failure(out, "error", *step.failure);
      out.end_object();
    }
    if (step.document != nullptr) write_simulated(out, *step.document);
    out.end_object();
  }
  out.end_array().end_object();
}

void write_outcome(base::JsonWriter& out, const PipelineService::SimulatedStep& step) {
  if (step.document == nullptr && !step.failure) {
    out.null();  // dropped
    return;
  }
  out.begin_object();
  if (step.failure) {
    write_failure(out, "error", *step.failure);
  } else {
    write_simulated(out, *step.document);
  }
  out.end_object();
}

base::Result<std::optional<int64_t>> wanted_version(const RestRequest& request) {
  const auto text = request.param("if_version");
  if (!text) return std::optional<int64_t>();
  int64_t version = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), version);
  if (error == std::errc() && end == text->data() + text->size()) return std::optional(version);
  return Error(ErrorCode::kIllegalArgument, "invalid value [{}] specified for [if_version]. must be an integer value", *text);
}

}  // namespace

base::Result<RestResponse> put_pipeline(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const base::JsonDocument body, required_body(request));
  if (!body.root().is_object()) return Error(ErrorCode::kParse, "a pipeline must be an object");
  ASSIGN_OR_RETURN(const std::optional<int64_t> if_version, wanted_version(request));
  RETURN_IF_ERROR(services.pipelines.put(request.path_param("id"), body.root(), if_version));
  return acknowledged();
}

base::Result<RestResponse> get_pipelines(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const bool summary, request.bool_param("summary", false));
  const std::string_view ids = request.path_param("id");
  const auto found = services.pipelines.get(ids);
  base::JsonWriter out;
  out.begin_object();
  for (const auto& [id, body] : found) {
    out.key(id);
    if (summary) {
      out.begin_object().end_object();
    } else {
      body.write(out);
    }
  }
  const bool named = !ids.empty() && ids != "*";
  return json_response(out.end_object().take(), found.empty() && named ? 404 : 200);
}

base::Result<RestResponse> delete_pipeline(const Services& services, const RestRequest& request) {
  RETURN_IF_ERROR(services.pipelines.remove(request.path_param("id")));
  return acknowledged();
}

base::Result<RestResponse> simulate_pipeline(const Services& services, const RestRequest& request) {
  ASSIGN_OR_RETURN(const bool verbose, request.bool_param("verbose", false));
  ASSIGN_OR_RETURN(const base::JsonDocument body, required_body(request));
  if (!body.root().is_object()) return Error(ErrorCode::kParse, "the body of a simulation must be an object");
  const auto detail = verbose ? PipelineService::Detail::kEachStep : PipelineService::Detail::kOutcome;
  ASSIGN_OR_RETURN(const auto results,
                   services.pipelines.simulate(request.path_param("id"), body.root(), detail, request.cancellation()));
  base::JsonWriter out;
  out.begin_object().key("docs").begin_array();
  for (const auto& result : results) {
    if (verbose) {
      write_steps(out, result);
    } else {
      write_outcome(out, result.steps.front());
    }
  }
  return json_response(out.end_array().end_object().take());
}

}  // namespace selene::rest
