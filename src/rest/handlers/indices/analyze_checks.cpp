#include "rest/handlers/indices/analyze_checks.h"

#include <map>

#include "base/json/json_writer.h"
#include "index/analysis/component_registry.h"

namespace selene::rest {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;

bool has_entries(JsonValue list) {
  return list.exists() && !list.is_null() && (!list.is_array() || list.as_array().begin() != list.as_array().end());
}

/// A scalar as the text that a setting keeps it as.
std::string setting_text(JsonValue value) {
  if (value.is_string()) return base::quote(value.as_string());
  if (!value.is_array())
    return value.is_object() ? base::JsonWriter().value(value).take() : base::quote(base::JsonWriter().value(value).take());
  std::string list = "[";
  for (const JsonValue element : value.as_array()) list += (list.size() > 1 ? "," : "") + setting_text(element);
  return list + "]";
}

/// A described part as settings are shown: sorted, each value a text.
std::string settings_text(JsonValue part) {
  std::map<std::string, std::string, std::less<>> sorted;
  for (const base::JsonMember member : part.as_object()) sorted[base::quote(member.key)] = setting_text(member.value);
  std::string text = "{";
  for (const auto& [key, value] : sorted) text += (text.size() > 1 ? "," : "") + key + ":" + value;
  return text + "}";
}

/// What a section of the body holds: its name there and in the settings, and whether a built-in type has a name.
struct AnalyzePart {
  std::string_view name;
  bool (*is_built_in)(std::string_view type);
};
template <auto kMake>
bool is_type(std::string_view type) {
  const auto part = kMake(type, index::ComponentSettings(type, {}));
  return !part || *part != nullptr;  // a failure is about its settings
}
constexpr AnalyzePart kAnalyzeParts[] = {
    {"char_filter", &is_type<&index::make_char_filter>},
    {"tokenizer", &is_type<&index::make_tokenizer>},
    {"filter", &is_type<&index::make_token_filter>},
};

base::Status check_part(const AnalyzePart& kind, JsonValue part, const index::SettingValues* settings) {
  if (part.is_object()) {
    const JsonValue type = part["type"];
    if (!type.exists())
      return Error(ErrorCode::kIllegalArgument, "Missing [type] setting for anonymous {}: {}", kind.name, settings_text(part));
    if (!type.is_string() || kind.is_built_in(type.as_string())) return {};
    return Error(ErrorCode::kIllegalArgument, "failed to find global {} under [{}]", kind.name, type.as_string());
  }
  if (!part.is_string() || kind.is_built_in(part.as_string())) return {};
  const std::string_view name = part.as_string();
  if (settings == nullptr) return Error(ErrorCode::kIllegalArgument, "failed to find global {} under [{}]", kind.name, name);
  if (settings->contains(base::format("index.analysis.{}.{}.type", kind.name, name))) return {};
  return Error(ErrorCode::kIllegalArgument, "failed to find {} under [{}]", kind.name, name);
}

}  // namespace

bool has_analyze_parts(JsonValue body) {
  return has_entries(body["tokenizer"]) || has_entries(body["char_filter"]) || has_entries(body["filter"]);
}

base::Status check_analyze_request(JsonValue body, bool has_index) {
  const auto given = [&](std::string_view key) { return body[key].exists() && !body[key].is_null(); };
  const bool filters = has_entries(body["char_filter"]) || has_entries(body["filter"]);
  const bool parts = has_analyze_parts(body);
  const std::pair<bool, std::string_view> kFaults[] = {
      {!has_entries(body["text"]), "text is missing"},
      {!has_index && given("normalizer"), "index is required if normalizer is specified"},
      {given("normalizer") && (given("tokenizer") || given("analyzer")),
       "tokenizer/analyze should be null if normalizer is specified"},
      {given("analyzer") && parts, "cannot define extra components on a named analyzer"},
      {given("normalizer") && filters, "cannot define extra components on a named normalizer"},
      {given("field") && parts, "cannot define extra components on a field-specific analyzer"},
  };
  std::string faults;
  int number = 0;
  for (const auto& [found, text] : kFaults) {
    if (found) faults += base::format("{}: {};", ++number, text);
  }
  if (faults.empty()) return {};
  return Error(ErrorCode::kActionRequestValidation, "Validation Failed: {}", faults);
}

base::Status check_analyze_parts(JsonValue body, const index::SettingValues* settings) {
  for (const AnalyzePart& kind : kAnalyzeParts) {
    const JsonValue parts = body[kind.name];
    if (!parts.is_array()) {
      RETURN_IF_ERROR(check_part(kind, parts, settings));
      continue;
    }
    for (const JsonValue part : parts.as_array()) RETURN_IF_ERROR(check_part(kind, part, settings));
  }
  return {};
}

}  // namespace selene::rest
