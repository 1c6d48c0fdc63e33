#include "ingest/by_query/by_query_request.h"

#include "base/json/json_writer.h"

namespace selene::ingest {

namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;

constexpr int64_t kMaxBatch = 10000;  // index.max_result_window

Error unknown_field(const ByQueryRequest& request, std::string_view where, base::JsonMember member) {
  const base::JsonPosition at = request.body.position_of(member.value);
  return Error(ErrorCode::kXContentParse, "[{}:{}] [{}] unknown field [{}]", at.line, at.column, where, member.key);
}

base::Result<int64_t> read_integer(std::string_view name, JsonValue value, int64_t least, int64_t most) {
  if (value.type() == base::JsonType::kInt64 && value.as_int64() >= least && value.as_int64() <= most) return value.as_int64();
  return Error(ErrorCode::kIllegalArgument, "[{}] must be between [{}] and [{}] but was [{}]", name, least, most,
               base::JsonWriter().value(value).take());
}

base::Result<std::string> read_text(std::string_view name, JsonValue value) {
  if (value.is_string()) return std::string(value.as_string());
  return Error(ErrorCode::kIllegalArgument, "[{}] must be a string", name);
}

base::Result<bool> read_conflicts(JsonValue value) {
  const std::string_view text = value.is_string() ? value.as_string() : std::string_view();
  if (text == "proceed") return true;
  if (text == "abort") return false;
  return Error(ErrorCode::kIllegalArgument, "conflicts may only be \"proceed\" or \"abort\" but was [{}]", text);
}

base::Result<std::string> read_indices(JsonValue value) {
  if (value.is_string()) return std::string(value.as_string());
  std::string list;
  if (value.is_array()) {
    for (const JsonValue name : value.as_array()) {
      if (!name.is_string()) return Error(ErrorCode::kIllegalArgument, "[index] must be a name or a list of names");
      list.append(list.empty() ? "" : ",").append(name.as_string());
    }
  }
  if (list.empty()) return Error(ErrorCode::kIllegalArgument, "[index] must be a name or a list of names");
  return list;
}

base::Result<search::ScanSlice> read_slice(JsonValue value) {
  search::ScanSlice slice;
  if (!value.is_object()) return Error(ErrorCode::kIllegalArgument, "[slice] must be an object with [id] and [max]");
  ASSIGN_OR_RETURN(const int64_t max, read_integer("max", value["max"], 2, 1024));
  ASSIGN_OR_RETURN(const int64_t id, read_integer("id", value["id"], 0, max - 1));
  slice.max = static_cast<int32_t>(max);
  slice.id = static_cast<int32_t>(id);
  return slice;
}

/// Members that all three calls share. True if `member` was one.
base::Result<bool> read_shared(ByQueryRequest& request, base::JsonMember member) {
  if (member.key == "conflicts") {
    ASSIGN_OR_RETURN(request.proceed_on_conflict, read_conflicts(member.value));
  } else if (member.key == "max_docs") {
    ASSIGN_OR_RETURN(request.max_docs, read_integer("max_docs", member.value, 1, INT64_MAX));
  } else if (member.key == "script" && request.kind != ByQueryKind::kDelete) {
    ASSIGN_OR_RETURN(request.script, Script::compile(member.value));
  } else {
    return false;
  }
  return true;
}

base::Result<bool> read_search_part(ByQueryRequest& request, base::JsonMember member) {
  if (member.key == "query") {
    request.query = member.value;
  } else if (member.key == "slice") {
    ASSIGN_OR_RETURN(request.slice, read_slice(member.value));
  } else {
    return false;
  }
  return true;
}

/// `host:port` of scheme://host:port/prefix; empty if it is not of that form.
std::string authority_of(std::string_view host) {
  const size_t scheme = host.find("://");
  if (scheme == std::string_view::npos || scheme == 0) return {};
  const std::string_view rest = host.substr(scheme + 3);
  const std::string_view authority = rest.substr(0, rest.find('/'));
  const size_t colon = authority.find(':');
  const bool complete = colon != std::string_view::npos && colon > 0 && colon + 1 < authority.size() &&
                        authority.find_first_not_of("0123456789", colon + 1) == std::string_view::npos;
  return complete ? std::string(authority) : std::string();
}

/// No host is on this node's list of those that may be copied from, which is empty and not to be set.
Error remote_refused(const ByQueryRequest& request, JsonValue source, JsonValue host) {
  const std::string text = host.is_string() ? std::string(host.as_string()) : std::string();
  const std::string authority = authority_of(text);
  if (!authority.empty()) return Error(ErrorCode::kIllegalArgument, "[{}] not whitelisted in reindex.remote.whitelist", authority);
  const base::JsonPosition at = request.body.position_of(source);
  Error cause = text.empty() ? Error(ErrorCode::kIllegalArgument, "[host] must be specified to reindex from a remote cluster")
                             : Error(ErrorCode::kIllegalArgument,
                                     "[host] must be of the form [scheme]://[host]:[port](/[pathPrefix])? but was [{}]", text);
  return Error(ErrorCode::kXContentParse, "[{}:{}] [reindex] failed to parse field [source]", at.line, at.column)
      .with_cause(std::move(cause));
}

base::Status read_source(ByQueryRequest& request, JsonValue source) {
  if (!source.is_object()) return Error(ErrorCode::kIllegalArgument, "[reindex] [source] must be an object");
  for (const base::JsonMember member : source.as_object()) {
    ASSIGN_OR_RETURN(const bool known, read_search_part(request, member));
    if (known) continue;
    if (member.key == "index") {
      ASSIGN_OR_RETURN(request.indices, read_indices(member.value));
    } else if (member.key == "size") {
      ASSIGN_OR_RETURN(const int64_t size, read_integer("size", member.value, 1, kMaxBatch));
      request.batch_size = static_cast<int32_t>(size);
    } else if (member.key == "_source") {
      ASSIGN_OR_RETURN(request.source_filter, search::SourceFilter::parse(member.value, {}));
      if (!request.source_filter.enabled)
        return Error(ErrorCode::kIllegalArgument, "_source:false is not supported in this context");
    } else if (member.key == "remote") {
      return remote_refused(request, source, member.value["host"]);
    } else {
      return unknown_field(request, "source", member);
    }
  }
  return {};
}

base::Status read_routing(ReindexTarget& target, JsonValue value) {
  ASSIGN_OR_RETURN(const std::string text, read_text("routing", value));
  if (text == "keep") return {};
  if (text == "discard") {
    target.routing = ReindexTarget::Routing::kDiscard;
  } else if (text.starts_with('=')) {
    target.routing = ReindexTarget::Routing::kFixed;
    target.fixed_routing = text.substr(1);
  } else {
    return Error(ErrorCode::kActionRequestValidation,
                 "Validation Failed: 1: routing must be unset, [keep], [discard] or [=<some new value>];");
  }
  return {};
}

base::Status read_version_type(ReindexTarget& target, JsonValue value) {
  ASSIGN_OR_RETURN(const std::string text, read_text("version_type", value));
  if (text == "internal") return {};
  if (text != "external" && text != "external_gt" && text != "external_gte")
    return Error(ErrorCode::kIllegalArgument, "No version type match [{}]", text);
  target.external_version = true;
  target.external_gte = text == "external_gte";
  return {};
}

base::Status read_target(ByQueryRequest& request, JsonValue dest) {
  if (!dest.is_object()) return Error(ErrorCode::kIllegalArgument, "[reindex] [dest] must be an object");
  ReindexTarget& target = request.target;
  for (const base::JsonMember member : dest.as_object()) {
    if (member.key == "index") {
      ASSIGN_OR_RETURN(target.index, read_text("index", member.value));
    } else if (member.key == "op_type") {
      ASSIGN_OR_RETURN(const std::string type, read_text("op_type", member.value));
      if (type != "index" && type != "create")
        return Error(ErrorCode::kIllegalArgument, "opType must be 'create' or 'index', found: [{}]", type);
      target.create_only = type == "create";
    } else if (member.key == "version_type") {
      RETURN_IF_ERROR(read_version_type(target, member.value));
    } else if (member.key == "routing") {
      RETURN_IF_ERROR(read_routing(target, member.value));
    } else if (member.key == "pipeline") {
      ASSIGN_OR_RETURN(target.pipeline, read_text("pipeline", member.value));
    } else {
      return unknown_field(request, "dest", member);
    }
  }
  return {};
}

base::Status validate(const ByQueryRequest& request) {
  std::string faults;
  int count = 0;
  const auto fault = [&](std::string_view text) { faults += base::format("{}: {};", ++count, text); };
  if (request.indices.empty()) fault("use _all if you really want to copy from all existing indexes");
  if (request.target.index.empty()) fault("index is missing");
  if (request.target.external_version && request.target.create_only)
    fault("create operations only support internal versioning. use index instead");
  if (count > 0) return Error(ErrorCode::kActionRequestValidation, "Validation Failed: {}", faults);
  return {};
}

/// The body parsed into a new request; an empty text is an empty object.
base::Result<std::unique_ptr<ByQueryRequest>> open(ByQueryKind kind, std::string_view text) {
  auto request = std::make_unique<ByQueryRequest>();
  request->kind = kind;
  request->text = text.find_first_not_of(" \t\r\n") == std::string_view::npos ? std::string_view("{}") : text;
  RETURN_IF_ERROR(request->body.reparse(request->text));
  if (!request->body.root().is_object()) return Error(ErrorCode::kParsing, "the request body must be an object");
  return request;
}

}  // namespace

base::Result<std::unique_ptr<ByQueryRequest>> ByQueryRequest::parse(ByQueryKind kind, std::string_view text) {
  ASSIGN_OR_RETURN(std::unique_ptr<ByQueryRequest> request, open(kind, text));
  for (const base::JsonMember member : request->body.root().as_object()) {
    ASSIGN_OR_RETURN(const bool shared, read_shared(*request, member));
    if (shared) continue;
    ASSIGN_OR_RETURN(const bool search, read_search_part(*request, member));
    if (!search) return unknown_field(*request, kind == ByQueryKind::kDelete ? "delete_by_query" : "update_by_query", member);
  }
  if (kind == ByQueryKind::kDelete && !request->query.exists())
    return Error(ErrorCode::kActionRequestValidation, "Validation Failed: 1: query is missing;");
  return request;
}

base::Result<std::unique_ptr<ByQueryRequest>> ByQueryRequest::parse_reindex(std::string_view text) {
  ASSIGN_OR_RETURN(std::unique_ptr<ByQueryRequest> request, open(ByQueryKind::kReindex, text));
  for (const base::JsonMember member : request->body.root().as_object()) {
    ASSIGN_OR_RETURN(const bool shared, read_shared(*request, member));
    if (shared) continue;
    if (member.key == "source") {
      RETURN_IF_ERROR(read_source(*request, member.value));
    } else if (member.key == "dest") {
      RETURN_IF_ERROR(read_target(*request, member.value));
    } else {
      return unknown_field(*request, "reindex", member);
    }
  }
  RETURN_IF_ERROR(validate(*request));
  return request;
}

}  // namespace selene::ingest
