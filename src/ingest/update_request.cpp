#include "ingest/update_request.h"

#include "base/clock.h"

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
  } else if (name == "script") {
    ASSIGN_OR_RETURN(out.script, Script::compile(value));
  } else if (name == "scripted_upsert") {
    ASSIGN_OR_RETURN(out.scripted_upsert, parse_flag(name, value));
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
  std::string faults;
  int num_faults = 0;
  const auto fault = [&](std::string_view text) { faults += base::format("{}: {};", ++num_faults, text); };
  if (out.script != nullptr && out.doc.exists()) fault("can't provide both script and doc");
  if (out.script == nullptr && !out.doc.exists()) fault("script or doc is missing");
  if (!out.doc.exists() && out.doc_as_upsert) fault("doc must be specified if doc_as_upsert is enabled");
  if (!faults.empty()) return Error(ErrorCode::kActionRequestValidation, "Validation Failed: {}", faults);
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

namespace {

/// `op` of the context after a script; anything unknown does nothing, as in Elasticsearch.
base::Result<UpdatePlan> scripted(const Script& script, JsonValue source, const std::optional<index::StoredDocument>& current,
                                  const UpdateTarget& target) {
  using base::JsonTree;
  JsonTree ctx = JsonTree::object();
  ctx.set("op", current ? "index" : "create");
  ctx.set("_index", target.index);
  ctx.set("_id", target.id);
  if (current) {
    ctx.set("_version", JsonTree(current->version));
    if (!current->routing.empty()) ctx.set("_routing", current->routing);
  }
  ctx.set("_now", JsonTree(base::wall_clock_ms()));
  ctx.set("_source", JsonTree::from(source));
  ASSIGN_OR_RETURN(const JsonTree returned, script.run(ctx));
  const JsonTree* const after = ctx.find("_source");
  if (after == nullptr || !after->is_object())
    return Error(ErrorCode::kIllegalArgument, "the script left no object in [ctx._source]");
  const JsonTree* const op = ctx.find("op");
  const std::string name = op != nullptr && op->is_string() ? op->as_string() : "none";
  if (name == "delete") return UpdatePlan{current ? UpdatePlan::Kind::kDelete : UpdatePlan::Kind::kNoop, after->to_json()};
  if (name == "index" && current) return UpdatePlan{UpdatePlan::Kind::kReplace, after->to_json()};
  if ((name == "create" || name == "index") && !current) return UpdatePlan{UpdatePlan::Kind::kInsert, after->to_json()};
  return UpdatePlan{UpdatePlan::Kind::kNoop, current ? current->source : std::string("{}")};
}

}  // namespace

base::Result<UpdatePlan> plan_update(const UpdateRequest& request, const std::optional<index::StoredDocument>& current,
                                     const UpdateTarget& target) {
  if (!current) {
    const JsonValue source = request.doc_as_upsert ? request.doc : request.upsert;
    if (!source.exists()) return Error(ErrorCode::kDocumentMissing, "[{}]: document missing", target.id);
    if (request.script != nullptr && request.scripted_upsert) return scripted(*request.script, source, current, target);
    return UpdatePlan{UpdatePlan::Kind::kInsert, std::string(request.document.text_of(source))};
  }
  ASSIGN_OR_RETURN(const base::JsonDocument present, base::JsonDocument::parse(current->source));
  if (request.script != nullptr) return scripted(*request.script, present.root(), current, target);
  base::JsonWriter merged;
  const bool changed = merge_objects(present.root(), request.doc, merged);
  if (!changed && request.detect_noop) return UpdatePlan{UpdatePlan::Kind::kNoop, current->source};
  return UpdatePlan{UpdatePlan::Kind::kReplace, merged.take()};
}

}  // namespace selene::ingest
