#include "ingest/bulk_reader.h"

#include <algorithm>
#include <charconv>

#include "base/json/json_writer.h"

namespace selene::ingest {

namespace {

using base::Error;
using base::ErrorCode;
using base::JsonType;
using base::JsonValue;

constexpr int kMaxMessages = 100;  // of one validation error; more help nobody

std::string_view token_name(JsonValue value) {
  switch (value.type()) {
    case JsonType::kObject: return "START_OBJECT";
    case JsonType::kArray: return "START_ARRAY";
    case JsonType::kString: return "VALUE_STRING";
    case JsonType::kBool: return "VALUE_BOOLEAN";
    case JsonType::kNull: return "VALUE_NULL";
    default: return "VALUE_NUMBER";
  }
}

/// A scalar as text, as Elasticsearch's parser.text() gives it.
std::string scalar_text(JsonValue value) {
  if (value.is_string()) return std::string(value.as_string());
  return base::JsonWriter().value(value).take();
}

base::Result<int64_t> scalar_int(std::string_view name, JsonValue value) {
  const std::string text = scalar_text(value);
  int64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault == std::errc() && end == text.data() + text.size()) return number;
  return Error(ErrorCode::kIllegalArgument, "Failed to parse value [{}] of [{}] as a whole number", text, name)
      .with_cause(Error(ErrorCode::kNumberFormat, "For input string: \"{}\"", text));
}

base::Result<bool> scalar_bool(JsonValue value) {
  const std::string text = scalar_text(value);
  if (text == "true") return true;
  if (text == "false") return false;
  return Error(ErrorCode::kIllegalArgument, "Failed to parse value [{}] as only [true] or [false] are allowed.", text);
}

base::Result<DocumentAction::Type> parse_op_type(std::string_view text) {
  if (text == "index") return DocumentAction::Type::kIndex;
  if (text == "create") return DocumentAction::Type::kCreate;
  return Error(ErrorCode::kIllegalArgument, "opType must be 'create' or 'index', found: [{}]", text);
}

std::optional<DocumentAction::Type> action_type(std::string_view name) {
  if (name == "index") return DocumentAction::Type::kIndex;
  if (name == "create") return DocumentAction::Type::kCreate;
  if (name == "update") return DocumentAction::Type::kUpdate;
  if (name == "delete") return DocumentAction::Type::kDelete;
  return std::nullopt;
}

base::Result<index::VersionType> parse_version_type(std::string_view text) {
  if (text == "internal") return index::VersionType::kInternal;
  if (text == "external" || text == "external_gt") return index::VersionType::kExternal;
  if (text == "external_gte") return index::VersionType::kExternalGte;
  return Error(ErrorCode::kIllegalArgument, "No version type match [{}]", text);
}

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

}  // namespace

base::Result<std::optional<std::string_view>> BulkReader::next_line() {
  if (at_ >= body_.size()) return std::optional<std::string_view>();
  const size_t end = body_.find('\n', at_);
  if (end == std::string_view::npos) {
    return Error(ErrorCode::kIllegalArgument, "The bulk request must be terminated by a newline [\\n]");
  }
  const std::string_view line = body_.substr(at_, end - at_);
  at_ = end + 1;
  ++line_;
  return std::optional<std::string_view>(line);
}

base::Result<std::optional<DocumentAction>> BulkReader::next() {
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<std::string_view> line, next_line());
    if (!line) return std::optional<DocumentAction>();
    if (is_blank(*line)) continue;
    ASSIGN_OR_RETURN(DocumentAction action, parse_action_line(*line));
    if (action.type == DocumentAction::Type::kDelete) return std::optional<DocumentAction>(std::move(action));
    ASSIGN_OR_RETURN(const std::optional<std::string_view> source, next_line());
    if (!source) return std::optional<DocumentAction>();  // an action without its document is ignored, as in Elasticsearch
    action.body = *source;
    if (action.body.ends_with('\r')) action.body.remove_suffix(1);
    return std::optional<DocumentAction>(std::move(action));
  }
}

base::Result<DocumentAction> BulkReader::parse_action_line(std::string_view line) {
  RETURN_IF_ERROR(document_.reparse(line));
  const JsonValue root = document_.root();
  if (!root.is_object()) {
    return Error(ErrorCode::kIllegalArgument, "Malformed action/metadata line [{}], expected START_OBJECT but found [{}]", line_,
                 token_name(root));
  }
  const base::JsonObject members = root.as_object();
  auto first = members.begin();
  if (first == members.end()) {
    return Error(ErrorCode::kIllegalArgument, "Malformed action/metadata line [{}], expected FIELD_NAME but found [END_OBJECT]",
                 line_);
  }
  const auto [name, metadata] = *first;
  const auto type = action_type(name);
  if (!type) {
    return Error(ErrorCode::kIllegalArgument,
                 "Malformed action/metadata line [{}], expected field [create], [delete], [index] or [update] but found [{}]",
                 line_, name);
  }
  if (!metadata.is_object()) {
    return Error(ErrorCode::kIllegalArgument,
                 "Malformed action/metadata line [{}], expected START_OBJECT or END_OBJECT but found [{}]", line_,
                 token_name(metadata));
  }
  DocumentAction action;
  action.type = *type;
  action.index = defaults_.index;
  action.routing = defaults_.routing;
  action.require_alias = defaults_.require_alias;
  action.pipeline = defaults_.pipeline;
  action.wait = defaults_.wait;
  if (action.type == DocumentAction::Type::kUpdate) action.source_filter = defaults_.source_filter;
  RETURN_IF_ERROR(parse_metadata(metadata, action));
  if (!(++first == members.end())) {
    return Error(ErrorCode::kIllegalArgument, "Malformed action/metadata line [{}], expected END_OBJECT but found [FIELD_NAME]",
                 line_);
  }
  return action;
}

base::Status BulkReader::parse_metadata(JsonValue metadata, DocumentAction& action) {
  for (const auto [name, value] : metadata.as_object()) {
    if (name == "_source" && action.type == DocumentAction::Type::kUpdate) {
      ASSIGN_OR_RETURN(search::SourceFilter filter, search::SourceFilter::parse(value, {}));
      action.source_filter = std::make_shared<const search::SourceFilter>(std::move(filter));
      continue;
    }
    if (name == "dynamic_templates" && value.is_object() && value.as_object().begin() == value.as_object().end()) continue;
    if (value.is_null()) continue;
    if (value.is_array() || value.is_object()) {
      return Error(ErrorCode::kIllegalArgument,
                   "Malformed action/metadata line [{}], expected a simple value for field [{}] but found [{}]", line_, name,
                   token_name(value));
    }
    RETURN_IF_ERROR(parse_value(name, value, action));
  }
  return {};
}

base::Status BulkReader::parse_value(std::string_view name, JsonValue value, DocumentAction& action) {
  if (name == "_index") {
    action.index = scalar_text(value);
  } else if (name == "_id") {
    action.id = scalar_text(value);
    if (action.id.empty()) return Error(ErrorCode::kIllegalArgument, "if _id is specified it must not be empty");
  } else if (name == "routing") {
    action.routing = scalar_text(value);
  } else if (name == "version") {
    ASSIGN_OR_RETURN(action.version, scalar_int(name, value));
  } else if (name == "version_type") {
    ASSIGN_OR_RETURN(action.version_type, parse_version_type(scalar_text(value)));
  } else if (name == "if_seq_no") {
    ASSIGN_OR_RETURN(action.if_seq_no, scalar_int(name, value));
  } else if (name == "if_primary_term") {
    ASSIGN_OR_RETURN(action.if_primary_term, scalar_int(name, value));
  } else if (name == "retry_on_conflict") {
    ASSIGN_OR_RETURN(const int64_t count, scalar_int(name, value));
    action.retry_on_conflict = static_cast<int32_t>(std::clamp<int64_t>(count, 0, 1000));
  } else if (name == "require_alias") {
    ASSIGN_OR_RETURN(action.require_alias, scalar_bool(value));
  } else if (name == "op_type" && action.type == DocumentAction::Type::kIndex) {
    ASSIGN_OR_RETURN(action.type, parse_op_type(scalar_text(value)));
  } else if (name == "pipeline") {
    action.pipeline = scalar_text(value);
  } else {
    return Error(ErrorCode::kIllegalArgument, "Action/metadata line [{}] contains an unknown parameter [{}]", line_, name);
  }
  return {};
}

base::Result<int64_t> check_bulk(std::string_view body, const BulkDefaults& defaults) {
  if (body.empty()) return Error(ErrorCode::kParse, "request body is required");
  BulkReader reader(body, defaults);
  std::string faults;
  int num_faults = 0;
  int64_t count = 0;
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<DocumentAction> action, reader.next());
    if (!action) break;
    ++count;
    const std::string fault = action->index.empty() ? "index is missing" : validate_action(*action);
    if (!fault.empty() && num_faults < kMaxMessages) faults += base::format("{}: {};", ++num_faults, fault);
  }
  if (count == 0) faults = "1: no requests added;";
  if (!faults.empty()) return Error(ErrorCode::kActionRequestValidation, "Validation Failed: {}", faults);
  return count;
}

base::Result<std::vector<DocumentAction>> parse_bulk(std::string_view body, std::string_view default_index,
                                                     std::string_view default_routing, bool require_alias) {
  const BulkDefaults defaults{default_index, default_routing, require_alias, nullptr};
  RETURN_IF_ERROR(check_bulk(body, defaults));
  BulkReader reader(body, defaults);
  std::vector<DocumentAction> actions;
  while (true) {
    ASSIGN_OR_RETURN(std::optional<DocumentAction> action, reader.next());
    if (!action) return actions;
    actions.push_back(std::move(*action));
  }
}

}  // namespace selene::ingest
