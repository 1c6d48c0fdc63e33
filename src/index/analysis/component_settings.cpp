#include "index/analysis/component_settings.h"

#include <charconv>

#include "index/analysis/stop_words.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonType;
using base::JsonValue;
using base::Result;

/// A scalar as a setting's text.
std::optional<std::string> scalar_text(JsonValue value) {
  switch (value.type()) {
    case JsonType::kString: return std::string(value.as_string());
    case JsonType::kBool: return value.as_bool() ? "true" : "false";
    case JsonType::kInt64: return std::to_string(value.as_int64());
    case JsonType::kUint64: return std::to_string(value.as_uint64());
    case JsonType::kDouble: return base::format("{}", value.as_double());
    default: return std::nullopt;
  }
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

Result<int32_t> ComponentSettings::integer(std::string_view key, int32_t fallback) const {
  if (!has(key)) return fallback;
  const auto text = scalar_text(get(key));
  int32_t value = 0;
  if (text) {
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error == std::errc() && end == text->data() + text->size()) return value;
  }
  return Error(ErrorCode::kIllegalArgument, "Failed to parse int setting [{}] with value [{}]", key, text.value_or("object"));
}

Result<bool> ComponentSettings::boolean(std::string_view key, bool fallback) const {
  if (!has(key)) return fallback;
  const auto text = scalar_text(get(key));
  if (text == "true") return true;
  if (text == "false") return false;
  return Error(ErrorCode::kIllegalArgument, "Failed to parse value [{}] as only [true] or [false] are allowed.",
               text.value_or("object"));
}

Result<std::string> ComponentSettings::text(std::string_view key, std::string_view fallback) const {
  if (!has(key)) return std::string(fallback);
  if (auto text = scalar_text(get(key))) return *std::move(text);
  return Error(ErrorCode::kIllegalArgument, "Failed to parse value for setting [{}]: a text is needed", key);
}

Result<std::vector<std::string>> ComponentSettings::list(std::string_view key) const {
  std::vector<std::string> result;
  if (!has(key)) return result;
  const JsonValue value = get(key);
  if (value.is_array()) {
    for (const JsonValue element : value.as_array()) {
      auto text = scalar_text(element);
      if (!text)
        return Error(ErrorCode::kIllegalArgument, "Failed to parse value for setting [{}]: a list of texts is needed", key);
      result.push_back(*std::move(text));
    }
    return result;
  }
  auto text = scalar_text(value);
  if (!text) return Error(ErrorCode::kIllegalArgument, "Failed to parse value for setting [{}]: a list of texts is needed", key);
  std::string_view rest = *text;
  while (!rest.empty()) {
    const size_t comma = rest.find(',');
    if (const std::string_view part = trim(rest.substr(0, comma)); !part.empty()) result.emplace_back(part);
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
  return result;
}

Result<std::vector<std::string>> ComponentSettings::words(std::string_view key, std::string_view fallback) const {
  std::vector<std::string> names;
  if (has(key)) {
    ASSIGN_OR_RETURN(names, list(key));
  } else {
    names.emplace_back(fallback);
  }
  if (names.size() == 1 && names[0] == "_none_") return std::vector<std::string>();
  std::vector<std::string> result;
  for (std::string& name : names) {
    if (const auto built_in = stop_words(name); !built_in.empty()) {
      result.insert(result.end(), built_in.begin(), built_in.end());
    } else {
      result.push_back(std::move(name));
    }
  }
  return result;
}

}  // namespace selene::index
