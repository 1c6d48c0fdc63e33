#include "index/mapping/mapping_values.h"

#include <charconv>
#include <cmath>

#include "base/json/json_writer.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonType;
using base::JsonValue;
using base::Result;

void append_java_text(JsonValue value, std::string& out) {
  switch (value.type()) {
    case JsonType::kString: out += value.as_string(); return;
    case JsonType::kBool: out += value.as_bool() ? "true" : "false"; return;
    case JsonType::kInt64: out += std::to_string(value.as_int64()); return;
    case JsonType::kUint64: out += std::to_string(value.as_uint64()); return;
    case JsonType::kDouble: out += base::format_number(value.as_double()); return;
    case JsonType::kNull: out += "null"; return;
    default: break;
  }
  std::string_view separator;
  if (value.is_array()) {
    out += '[';
    for (const JsonValue element : value.as_array()) {
      out += separator;
      append_java_text(element, out);
      separator = ", ";
    }
    out += ']';
    return;
  }
  out += '{';
  for (const auto& [key, member] : value.as_object()) {
    out += separator;
    out += key;
    out += '=';
    append_java_text(member, out);
    separator = ", ";
  }
  out += '}';
}

}  // namespace

std::string java_text(JsonValue value) {
  std::string out;
  append_java_text(value, out);
  return out;
}

Result<bool> boolean_setting(JsonValue value) {
  if (value.is_bool()) return value.as_bool();
  const std::string text = java_text(value);
  if (text == "true") return true;
  if (text == "false") return false;
  return Error(ErrorCode::kIllegalArgument, "Failed to parse value [{}] as only [true] or [false] are allowed.", text);
}

Result<Dynamic> dynamic_setting(JsonValue value) {
  const std::string text = java_text(value);
  if (text == "true") return Dynamic::kTrue;
  if (text == "false") return Dynamic::kFalse;
  if (text == "strict") return Dynamic::kStrict;
  if (text == "runtime")
    return Error(ErrorCode::kIllegalArgument, "[dynamic: runtime] is not supported; use [true], [false] or [strict]");
  return Error(ErrorCode::kMapperParsing,
               "Failed to parse value [{}] as only [true], [false] or [strict] are allowed for [dynamic]", text);
}

std::string_view dynamic_name(Dynamic dynamic) {
  switch (dynamic) {
    case Dynamic::kTrue: return "true";
    case Dynamic::kFalse: return "false";
    case Dynamic::kStrict: return "strict";
  }
  return "true";
}

Result<int32_t> integer_setting(JsonValue value) {
  const std::string text = java_text(value);
  int32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) return number;
  return Error(ErrorCode::kNumberFormat, "For input string: \"{}\"", text);
}

Result<double> double_setting(JsonValue value) {
  if (value.is_number()) return value.as_double();
  const std::string text = java_text(value);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && std::isfinite(number)) return number;
  return Error(ErrorCode::kNumberFormat, "For input string: \"{}\"", text);
}

Result<std::vector<std::string>> text_list(JsonValue value) {
  std::vector<std::string> texts;
  if (value.is_array()) {
    for (const JsonValue element : value.as_array()) texts.push_back(java_text(element));
  } else if (!value.is_null()) {
    texts.push_back(java_text(value));
  }
  return texts;
}

}  // namespace selene::index
