#include "ingest/update_request.h"

namespace selene::ingest {

namespace {

using base::Error;
using base::ErrorCode;
using base::JsonType;
using base::JsonValue;

size_t member_count(JsonValue object) {
  size_t count = 0;
  for (const auto member : object.as_object()) {
    static_cast<void>(member);
    ++count;
  }
  return count;
}

base::Result<bool> parse_flag(std::string_view name, JsonValue value) {
  if (value.is_bool()) return value.as_bool();
  if (value.is_string() && value.as_string() == "true") return true;
  if (value.is_string() && value.as_string() == "false") return false;
  return Error(ErrorCode::kXContentParse, "[UpdateRequest] failed to parse field [{}]: only [true] or [false] are allowed", name);
}

base::Result<JsonValue> parse_object(std::string_view name, JsonValue value) {
  if (value.is_object()) return value;
  return Error(ErrorCode::kXContentParse, "[UpdateRequest] {} doesn't support values of this type: an object is expected", name);
}

base::Status parse_member(std::string_view name, JsonValue value, UpdateRequest& out) {
  if (name == "doc") {
    ASSIGN_OR_RETURN(out.doc, parse_object(name, value));
  } else if (name == "upsert") {
    ASSIGN_OR_RETURN(out.upsert, parse_object(name, value));
  } else if (name == "doc_as_upsert") {
    ASSIGN_OR_RETURN(out.doc_as_upsert, parse_flag(name, value));
  } else if (name == "detect_noop") {
    ASSIGN_OR_RETURN(out.detect_noop, parse_flag(name, value));
  } else if (name == "_source") {
    ASSIGN_OR_RETURN(out.source_filter, search::SourceFilter::parse(value, {}));
  } else if (name == "script" || name == "scripted_upsert") {
    return Error(ErrorCode::kIllegalArgument,
                 "[UpdateRequest] [{}] is not supported: scripts cannot be run here, send the changed fields as [doc]", name);
  } else {
    const base::JsonPosition at = out.document.position_of(value);
    return Error(ErrorCode::kXContentParse, "[{}:{}] [UpdateRequest] unknown field [{}]", at.line, at.column, name);
  }
  return {};
}

}  // namespace

base::Result<UpdateRequest> UpdateRequest::parse(std::string_view body) {
  UpdateRequest out;
  if (body.empty()) return Error(ErrorCode::kActionRequestValidation, "Validation Failed: 1: script or doc is missing;");
  RETURN_IF_ERROR(out.document.reparse(body));
  const JsonValue root = out.document.root();
  if (!root.is_object()) return Error(ErrorCode::kXContentParse, "[1:1] [UpdateRequest] Expected START_OBJECT");
  for (const auto [name, value] : root.as_object()) RETURN_IF_ERROR(parse_member(name, value, out));
  if (!out.doc.exists() && out.doc_as_upsert) {
    return Error(ErrorCode::kActionRequestValidation,
                 "Validation Failed: 1: script or doc is missing;2: doc must be specified if doc_as_upsert is enabled;");
  }
  if (!out.doc.exists()) return Error(ErrorCode::kActionRequestValidation, "Validation Failed: 1: script or doc is missing;");
  return out;
}

bool json_equal(JsonValue a, JsonValue b) {
  if (a.type() != b.type()) return false;
  switch (a.type()) {
    case JsonType::kNull: return true;
    case JsonType::kBool: return a.as_bool() == b.as_bool();
    case JsonType::kInt64: return a.as_int64() == b.as_int64();
    case JsonType::kUint64: return a.as_uint64() == b.as_uint64();
    case JsonType::kDouble: return a.as_double() == b.as_double();
    case JsonType::kString: return a.as_string() == b.as_string();
    case JsonType::kArray: {
      auto it = b.as_array().begin();
      const auto end = b.as_array().end();
      for (const JsonValue element : a.as_array()) {
        if (it == end || !json_equal(element, *it)) return false;
        ++it;
      }
      return it == end;
    }
    case JsonType::kObject: {
      if (member_count(a) != member_count(b)) return false;
      for (const auto [key, value] : a.as_object()) {
        const JsonValue other = b[key];
        if (!other.exists() || !json_equal(value, other)) return false;
      }
      return true;
    }
  }
  return false;
}

bool merge_objects(JsonValue base_value, JsonValue patch, base::JsonWriter& out) {
  bool changed = false;
  out.begin_object();
  for (const auto [key, value] : base_value.as_object()) {
    const JsonValue update = patch[key];
    out.key(key);
    if (!update.exists()) {
      out.value(value);
    } else if (value.is_object() && update.is_object()) {
      changed |= merge_objects(value, update, out);
    } else {
      changed |= !json_equal(value, update);
      out.value(update);
    }
  }
  for (const auto [key, value] : patch.as_object()) {
    if (base_value[key].exists()) continue;
    changed = true;
    out.key(key).value(value);
  }
  out.end_object();
  return changed;
}

base::Result<UpdatePlan> plan_update(const UpdateRequest& request, const std::optional<index::StoredDocument>& current,
                                     std::string_view id) {
  if (!current) {
    const JsonValue source = request.doc_as_upsert ? request.doc : request.upsert;
    if (!source.exists()) return Error(ErrorCode::kDocumentMissing, "[{}]: document missing", id);
    return UpdatePlan{UpdatePlan::Kind::kInsert, std::string(request.document.text_of(source))};
  }
  ASSIGN_OR_RETURN(const base::JsonDocument present, base::JsonDocument::parse(current->source));
  base::JsonWriter merged;
  const bool changed = merge_objects(present.root(), request.doc, merged);
  if (!changed && request.detect_noop) return UpdatePlan{UpdatePlan::Kind::kNoop, current->source};
  return UpdatePlan{UpdatePlan::Kind::kReplace, merged.take()};
}

}  // namespace selene::ingest
