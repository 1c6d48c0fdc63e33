#include <algorithm>
#include <optional>

#include "base/format.h"
#include "base/json/json_writer.h"
#include "base/wildcard.h"
#include "search/query/parse_support.h"
#include "search/request/search_service.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;

void append_comma_list(std::string_view text, std::vector<std::string>& into) {
  while (!text.empty()) {
    const size_t comma = text.find(',');
    if (comma != 0) into.emplace_back(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
}

base::Status append_patterns(std::string_view key, JsonValue value, std::vector<std::string>& into) {
  if (value.is_string()) {
    into.emplace_back(value.as_string());
    return {};
  }
  if (!value.is_array()) return Error(ErrorCode::kParsing, "Unknown key for a {} in [{}].", token_name(value), key);
  for (const JsonValue element : value.as_array()) {
    if (!element.is_string()) return Error(ErrorCode::kParsing, "Unknown key for a {} in [{}].", token_name(element), key);
    into.emplace_back(element.as_string());
  }
  return {};
}

base::Status read_body_filter(JsonValue value, SourceFilter& filter) {
  if (!value.exists()) return {};
  if (value.is_bool()) {
    filter.enabled = value.as_bool();
    return {};
  }
  if (value.is_string() || value.is_array()) return append_patterns("_source", value, filter.includes);
  if (!value.is_object()) {
    return Error(ErrorCode::kParsing, "Expected one of [VALUE_BOOLEAN, VALUE_STRING, START_ARRAY, START_OBJECT] but found [{}]",
                 token_name(value));
  }
  for (const auto [key, member] : value.as_object()) {
    if (key == "includes" || key == "include") {
      RETURN_IF_ERROR(append_patterns(key, member, filter.includes));
    } else if (key == "excludes" || key == "exclude") {
      RETURN_IF_ERROR(append_patterns(key, member, filter.excludes));
    } else if (key == "exclude_vectors") {
      ASSIGN_OR_RETURN(filter.exclude_vectors, read_bool(member, key));
    } else {
      return Error(ErrorCode::kParsing, "Unknown key for a {} in [{}].", token_name(member), key);
    }
  }
  return {};
}

Result<bool> parse_flag(std::string_view name, std::string_view value) {
  if (value == "true" || value == "false" || value.empty()) return value != "false";
  return Error(ErrorCode::kIllegalArgument, "Failed to parse value [{}] as only [true] or [false] are allowed for [{}]", value,
               name);
}

bool any_matches(const std::vector<std::string>& patterns, std::string_view path) {
  for (const std::string& pattern : patterns) {
    if (base::matches_wildcard(pattern, path)) return true;
  }
  return false;
}

/// One pass over a source. `included`: whether an ancestor is included as a whole.
class SourceFilterer {
 public:
  explicit SourceFilterer(const SourceFilter& filter) : filter_(filter) {}

  /// The object with what is left, or nothing if that is empty and it was not asked for itself.
  std::optional<std::string> object(JsonValue value, const std::string& path, bool included) const {
    base::JsonWriter out;
    out.begin_object();
    bool empty = true;
    for (const auto [key, member] : value.as_object()) {
      const std::string member_path = path.empty() ? std::string(key) : path + "." + std::string(key);
      if (any_matches(filter_.excludes, member_path)) continue;
      const bool member_included = included || any_matches(filter_.includes, member_path);
      const std::optional<std::string> kept = any(member, member_path, member_included);
      if (!kept) continue;
      empty = false;
      out.key(key).raw(*kept);
    }
    out.end_object();
    if (empty && !included) return std::nullopt;
    return out.take();
  }

 private:
  std::optional<std::string> any(JsonValue value, const std::string& path, bool included) const {
    if (value.is_object()) return object(value, path, included);
    if (value.is_array()) return array(value, path, included);
    if (!included) return std::nullopt;
    return base::JsonWriter().value(value).text();
  }

  std::optional<std::string> array(JsonValue value, const std::string& path, bool included) const {
    base::JsonWriter out;
    out.begin_array();
    bool empty = true;
    for (const JsonValue element : value.as_array()) {
      const std::optional<std::string> kept = any(element, path, included);
      if (!kept) continue;
      empty = false;
      out.raw(*kept);
    }
    out.end_array();
    if (empty && !included) return std::nullopt;
    return out.take();
  }

  const SourceFilter& filter_;
};

}  // namespace

Result<SourceFilter> SourceFilter::parse(JsonValue body_value, const std::vector<std::pair<std::string, std::string>>& parameters) {
  SourceFilter url;
  bool in_url = false;
  for (const auto& [name, value] : parameters) {
    if (name == "_source") {
      in_url = true;
      if (value == "true" || value == "false") {
        url.enabled = value == "true";
      } else {
        append_comma_list(value, url.includes);
      }
    } else if (name == "_source_includes" || name == "_source_include") {
      in_url = true;
      append_comma_list(value, url.includes);
    } else if (name == "_source_excludes" || name == "_source_exclude") {
      in_url = true;
      append_comma_list(value, url.excludes);
    } else if (name == "_source_exclude_vectors") {
      ASSIGN_OR_RETURN(url.exclude_vectors, parse_flag(name, value));
    }
  }
  SourceFilter body;
  RETURN_IF_ERROR(read_body_filter(body_value, body));
  SourceFilter& chosen = in_url ? url : body;
  chosen.exclude_vectors = url.exclude_vectors ? url.exclude_vectors : body.exclude_vectors;
  return std::move(chosen);
}

SourceFilter SourceFilter::for_index(const index::Index& index, const index::Mapping& mapping) const {
  const auto setting = index.settings.flat.find("index.mapping.exclude_source_vectors");
  const bool by_default = setting == index.settings.flat.end() || setting->second != "false";
  SourceFilter filter = *this;
  if (!enabled || !exclude_vectors.value_or(by_default)) return filter;
  // Asked for by name, a vector is shown: stores that diversify their hits read it there.
  const auto is_named = [&](const std::string& name) {
    return !exclude_vectors.has_value() && std::find(includes.begin(), includes.end(), name) != includes.end();
  };
  for (const auto& [name, field] : mapping.fields()) {
    const bool is_vector = field.type == index::FieldType::kDenseVector || field.type == index::FieldType::kSparseVector;
    if (is_vector && !is_named(name)) filter.excludes.push_back(name);
  }
  return filter;
}

Result<std::string> filter_source(std::string_view source, const SourceFilter& filter) {
  if (filter.keeps_all()) return std::string(source);
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::parse(source));
  const SourceFilterer filterer(filter);
  return filterer.object(document.root(), "", filter.includes.empty()).value_or("{}");
}

}  // namespace selene::search
