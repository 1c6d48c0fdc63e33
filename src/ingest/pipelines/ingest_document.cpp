#include "ingest/pipelines/ingest_document.h"

#include <algorithm>
#include <charconv>

namespace selene::ingest {

using base::Error;
using base::ErrorCode;
using base::JsonTree;
using base::Result;
using base::Status;

namespace {

constexpr std::string_view kMetadata[] = {
    "_index", "_id", "_routing", "_version", "_version_type", "_if_seq_no", "_if_primary_term", "_dynamic_templates", "_type"};
constexpr int kMaxPathParts = 100;

/// A path cut at its dots, and where it starts.
struct Path {
  bool in_ingest = false;
  std::vector<std::string> parts;
};

Result<Path> parse_path(std::string_view text) {
  if (text.empty()) return Error(ErrorCode::kIllegalArgument, "path cannot be null nor empty");
  Path path;
  std::string_view rest = text;
  if (rest.starts_with("_ingest.") || rest == "_ingest") {
    path.in_ingest = true;
    rest.remove_prefix(std::min<size_t>(8, rest.size()));
  } else if (rest.starts_with("_source.")) {
    rest.remove_prefix(8);
  }
  while (!rest.empty()) {
    const size_t dot = std::min(rest.find('.'), rest.size());
    if (dot > 0) path.parts.emplace_back(rest.substr(0, dot));
    rest.remove_prefix(std::min(dot + 1, rest.size()));
    if (path.parts.size() > kMaxPathParts)
      return Error(ErrorCode::kIllegalArgument, "path [{}] has more than [{}] parts", text, kMaxPathParts);
  }
  if (path.parts.empty() && !path.in_ingest) return Error(ErrorCode::kIllegalArgument, "path [{}] is not valid", text);
  return path;
}

Result<size_t> list_position(const JsonTree& list, const std::string& part, std::string_view path) {
  int64_t position = -1;
  const auto [end, fault] = std::from_chars(part.data(), part.data() + part.size(), position);
  if (fault != std::errc() || end != part.data() + part.size()) {
    return Error(ErrorCode::kIllegalArgument, "[{}] is not an integer, cannot be used as an index as part of path [{}]", part,
                 path);
  }
  if (position >= 0 && position < static_cast<int64_t>(list.as_array().size())) return static_cast<size_t>(position);
  return Error(ErrorCode::kIllegalArgument, "[{}] is out of bounds for array with length [{}] as part of path [{}]", position,
               list.as_array().size(), path);
}

/// The child `part` of `parent`.
Result<JsonTree*> step(JsonTree& parent, const std::string& part, std::string_view path) {
  if (parent.is_null()) return Error(ErrorCode::kIllegalArgument, "cannot resolve [{}] from null as part of path [{}]", part, path);
  if (parent.is_object()) {
    if (JsonTree* const child = parent.find(part)) return child;
    return Error(ErrorCode::kIllegalArgument, "field [{}] not present as part of path [{}]", part, path);
  }
  if (parent.is_array()) {
    ASSIGN_OR_RETURN(const size_t position, list_position(parent, part, path));
    return &parent.as_array()[position];
  }
  return Error(ErrorCode::kIllegalArgument, "cannot resolve [{}] from object of type [{}] as part of path [{}]", part,
               java_type(parent), path);
}

/// The parent of the last part; objects that are missing on the way are made.
Result<JsonTree*> make_parent(JsonTree& root, const Path& path, std::string_view text) {
  JsonTree* at = &root;
  for (size_t i = 0; i + 1 < path.parts.size(); ++i) {
    const std::string& part = path.parts[i];
    if (at->is_object() && at->find(part) == nullptr) {
      at = &at->set(part, JsonTree::object());
      continue;
    }
    ASSIGN_OR_RETURN(at, step(*at, part, text));
  }
  return at;
}

Status set_in(JsonTree& parent, const std::string& part, JsonTree value, std::string_view text) {
  if (parent.is_null())
    return Error(ErrorCode::kIllegalArgument, "cannot set [{}] with null parent as part of path [{}]", part, text);
  if (parent.is_object()) {
    parent.set(part, std::move(value));
    return {};
  }
  if (parent.is_array()) {
    ASSIGN_OR_RETURN(const size_t position, list_position(parent, part, text));
    parent.as_array()[position] = std::move(value);
    return {};
  }
  return Error(ErrorCode::kIllegalArgument, "cannot set [{}] with parent object of type [{}] as part of path [{}]", part,
               java_type(parent), text);
}

}  // namespace

bool is_ingest_metadata(std::string_view name) {
  return std::find(std::begin(kMetadata), std::end(kMetadata), name) != std::end(kMetadata);
}

std::string_view java_type(const JsonTree& value) {
  if (value.is_null()) return "null";
  if (value.is_bool()) return "java.lang.Boolean";
  if (value.is_integer()) {
    return value.as_int64() >= INT32_MIN && value.as_int64() <= INT32_MAX ? "java.lang.Integer" : "java.lang.Long";
  }
  if (value.is_double()) return "java.lang.Double";
  if (value.is_string()) return "java.lang.String";
  return value.is_array() ? "java.util.ArrayList" : "java.util.HashMap";
}

IngestDocument::IngestDocument(JsonTree source, std::string_view index, std::string_view id, std::string_view routing,
                               std::string_view timestamp)
    : ctx_(std::move(source)), ingest_(JsonTree::object()) {
  ctx_.set("_index", index);
  if (!id.empty()) ctx_.set("_id", id);
  if (!routing.empty()) ctx_.set("_routing", routing);
  ctx_.set("_version", JsonTree(int64_t{-3}));
  ingest_.set("timestamp", timestamp);
}

Result<const JsonTree*> IngestDocument::get(std::string_view path) const {
  ASSIGN_OR_RETURN(const Path parsed, parse_path(path));
  // step() changes nothing
  JsonTree* at = const_cast<JsonTree*>(parsed.in_ingest ? &ingest_ : &ctx_);
  for (const std::string& part : parsed.parts) {
    ASSIGN_OR_RETURN(at, step(*at, part, path));
  }
  return static_cast<const JsonTree*>(at);
}

Result<std::string> IngestDocument::get_text(std::string_view path) const {
  ASSIGN_OR_RETURN(const JsonTree* const value, get(path));
  if (value->is_string()) return value->as_string();
  if (value->is_null()) return Error(ErrorCode::kIllegalArgument, "field [{}] is null, cannot be read as a string.", path);
  return Error(ErrorCode::kIllegalArgument, "field [{}] of type [{}] cannot be cast to [java.lang.String]", path,
               java_type(*value));
}

Status IngestDocument::set(std::string_view path, JsonTree value) {
  ASSIGN_OR_RETURN(const Path parsed, parse_path(path));
  if (parsed.parts.empty()) return Error(ErrorCode::kIllegalArgument, "path [{}] is not valid", path);
  ASSIGN_OR_RETURN(JsonTree* const parent, make_parent(parsed.in_ingest ? ingest_ : ctx_, parsed, path));
  return set_in(*parent, parsed.parts.back(), std::move(value), path);
}

Status IngestDocument::append(std::string_view path, JsonTree value, bool allow_duplicates) {
  JsonTree list = JsonTree::array();
  if (const auto present = get(path); present && !(*present)->is_null()) {
    if ((*present)->is_array()) {
      list = **present;
    } else {
      list.as_array().push_back(**present);
    }
  }
  JsonTree::Array added;
  if (value.is_array()) {
    added = std::move(value.as_array());
  } else {
    added.push_back(std::move(value));
  }
  for (JsonTree& one : added) {
    const bool known = std::find(list.as_array().begin(), list.as_array().end(), one) != list.as_array().end();
    if (allow_duplicates || !known) list.as_array().push_back(std::move(one));
  }
  return set(path, std::move(list));
}

Status IngestDocument::remove(std::string_view path) {
  ASSIGN_OR_RETURN(const Path parsed, parse_path(path));
  if (parsed.parts.empty()) return Error(ErrorCode::kIllegalArgument, "path [{}] is not valid", path);
  JsonTree* at = parsed.in_ingest ? &ingest_ : &ctx_;
  for (size_t i = 0; i + 1 < parsed.parts.size(); ++i) {
    ASSIGN_OR_RETURN(at, step(*at, parsed.parts[i], path));
  }
  const std::string& last = parsed.parts.back();
  if (at->is_object()) {
    if (at->remove(last)) return {};
    return Error(ErrorCode::kIllegalArgument, "field [{}] not present as part of path [{}]", last, path);
  }
  if (at->is_array()) {
    ASSIGN_OR_RETURN(const size_t position, list_position(*at, last, path));
    at->as_array().erase(at->as_array().begin() + static_cast<std::ptrdiff_t>(position));
    return {};
  }
  if (at->is_null()) return Error(ErrorCode::kIllegalArgument, "cannot remove [{}] from null as part of path [{}]", last, path);
  return Error(ErrorCode::kIllegalArgument, "cannot remove [{}] from object of type [{}] as part of path [{}]", last,
               java_type(*at), path);
}

std::string IngestDocument::metadata(std::string_view name) const {
  const JsonTree* const value = ctx_.find(name);
  if (value == nullptr || value->is_null()) return {};
  return value->is_string() ? value->as_string() : value->to_json();
}

JsonTree IngestDocument::source() const {
  JsonTree source = JsonTree::object();
  for (const JsonTree::Member& member : ctx_.as_object()) {
    if (!is_ingest_metadata(member.key)) source.as_object().push_back(member);
  }
  return source;
}

}  // namespace selene::ingest
