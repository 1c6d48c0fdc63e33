#include "rest/error_renderer.h"

#include "rest/error_table.h"

namespace selene::rest {

namespace {

using base::Error;
using base::ErrorCode;

/// The innermost error in an unbroken chain of Elasticsearch's own types and its parse errors
/// (ElasticsearchException.guessRootCauses).
const Error& root_cause(const Error& error) {
  const Error* cause = error.cause();
  if (cause == nullptr) return error;
  if (error.code() == ErrorCode::kSearchPhaseExecution) return root_cause(*cause);
  const auto is_own = [](const Error& e) { return e.code() == ErrorCode::kXContentParse || error_entry(e.code()).elasticsearch; };
  if (is_own(error) && is_own(*cause)) return root_cause(*cause);
  return error;
}

void write_metadata(base::JsonWriter& out, const Error& error) {
  for (const auto& [key, json] : error.metadata()) out.key(key).raw(json);
}

bool has_metadata(const Error& error, std::string_view name) {
  for (const auto& [key, json] : error.metadata()) {
    if (key == name) return true;
  }
  return false;
}

/// A search that no shard failed, but what was made of their answers: it has no reason of its own.
bool failed_in_reduce(const Error& error) { return error.code() == ErrorCode::kSearchPhaseExecution && error.reason().empty(); }

std::string_view type_of(const Error& error) {
  const std::string_view type = error_entry(error.code()).type;
  return type.empty() ? std::string_view("exception") : type;
}

void write_trace(base::JsonWriter& out, const Error& error, ErrorTrace trace) {
  if (trace == ErrorTrace::kLeftOut) return;
  std::string text;
  for (const Error* at = &error; at != nullptr; at = at->cause()) {
    text += (text.empty() ? "" : "\nCaused by: ") + std::string(type_of(*at)) + ": " + at->reason();
  }
  out.field("stack_trace", text);
}

/// `phase`, `grouped`, `failed_shards` of a search in which every shard failed the same way.
void write_search_phase(base::JsonWriter& out, const Error& error) {
  if (!has_metadata(error, "phase")) out.field("phase", "query");
  if (!has_metadata(error, "grouped")) out.field("grouped", true);
  if (has_metadata(error, "failed_shards")) return;
  out.key("failed_shards").begin_array();
  if (const Error* cause = error.cause(); cause != nullptr && !failed_in_reduce(error)) {
    out.begin_object().field("shard", 0);
    for (const auto& [key, json] : cause->metadata()) {
      if (key == "index") out.key("index").raw(json);
    }
    out.key("reason");
    write_error_object(out, *cause);
    out.end_object();
  }
  out.end_array();
}

/// Headers that Elasticsearch's exception brings along.
void write_header(base::JsonWriter& out, const Error& error) {
  if (error.code() != ErrorCode::kSecurity) return;
  out.key("header").begin_object().key("WWW-Authenticate").begin_array();
  for (const std::string_view scheme : kAuthenticationSchemes) out.value(scheme);
  out.end_array().end_object();
}

void write_suppressed(base::JsonWriter& out, const Error& error) {
  if (error.suppressed().empty()) return;
  out.key("suppressed").begin_array();
  for (const Error& sibling : error.suppressed()) write_error_object(out, sibling);
  out.end_array();
}

void write_fields(base::JsonWriter& out, const Error& error, ErrorTrace trace) {
  out.field("type", type_of(error)).field("reason", error.reason());
  write_metadata(out, error);
  const bool search_phase = error.code() == ErrorCode::kSearchPhaseExecution;
  if (search_phase) write_search_phase(out, error);
  const Error* cause = error.cause();
  if (cause != nullptr && (failed_in_reduce(error) || !(search_phase && error_entry(cause->code()).elasticsearch))) {
    out.key("caused_by").begin_object();
    write_fields(out, *cause, trace);
    out.end_object();
  }
  write_header(out, error);
  write_suppressed(out, error);
  write_trace(out, error, trace);
}

void write_envelope(base::JsonWriter& out, int status) { out.field("status", status).end_object(); }

}  // namespace

void write_error_object(base::JsonWriter& out, const Error& error) {
  out.begin_object();
  write_fields(out, error, ErrorTrace::kLeftOut);
  out.end_object();
}

void write_error_with_root_cause(base::JsonWriter& out, const Error& error, ErrorTrace trace) {
  const Error& root = root_cause(error);
  out.begin_object().key("root_cause").begin_array().begin_object();
  out.field("type", error_entry(root.code()).type).field("reason", root.reason());
  write_metadata(out, root);
  write_header(out, root);
  write_suppressed(out, root);
  write_trace(out, root, trace);
  out.end_object().end_array();
  write_fields(out, error, trace);
  out.end_object();
}

std::string render_error(const Error& error, ErrorTrace trace) {
  const ErrorEntry& entry = error_entry(error.code());
  base::JsonWriter out;
  out.begin_object();
  if (!entry.type.empty()) {
    out.key("error");
    write_error_with_root_cause(out, error, trace);
  } else {
    out.field("error", error.reason());
    if (error.code() == ErrorCode::kNoHandler) return out.end_object().take();
  }
  write_envelope(out, error_status(error));
  return out.take();
}

std::string render_fault(int status, std::string_view reason) {
  std::string_view type = "illegal_argument_exception";
  if (status == 413) type = "content_too_long_exception";
  if (status == 429) type = "es_rejected_execution_exception";
  if (status == 431) type = "too_long_http_header_exception";
  if (status >= 500 && status != 501) type = "exception";
  base::JsonWriter out;
  out.begin_object().key("error").begin_object().key("root_cause").begin_array();
  out.begin_object().field("type", type).field("reason", reason).end_object().end_array();
  out.field("type", type).field("reason", reason).end_object();
  write_envelope(out, status);
  return out.take();
}

}  // namespace selene::rest
