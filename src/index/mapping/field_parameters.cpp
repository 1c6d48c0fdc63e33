#include "index/mapping/field_parameters.h"

#include "base/json/json_writer.h"

namespace selene::index {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;

Result<std::string> parse_shown(JsonValue value, const AnalyzerRegistry&, MappedField&) {
  base::JsonWriter out;
  out.value(value);
  return out.take();
}

Result<std::string> parse_null_value(JsonValue value, const AnalyzerRegistry&, MappedField& field) {
  if (value.is_null()) return std::string("null");
  if (value.is_array() || value.is_object()) {
    return Error(ErrorCode::kMapperParsing, "[null_value] must be a single value, but was [{}]", java_text(value));
  }
  base::JsonWriter out;
  out.value(value);
  field.null_value = out.text();
  return out.take();
}

Result<std::string> parse_similarity(JsonValue value, const AnalyzerRegistry&, MappedField&) {
  return base::quote(java_text(value));
}

Result<std::string> parse_shown_flag(JsonValue value, const AnalyzerRegistry&, MappedField&) {
  ASSIGN_OR_RETURN(const bool flag, boolean_setting(value));
  return std::string(flag ? "true" : "false");
}

Result<std::string> parse_choice(std::string_view name, JsonValue value, std::initializer_list<std::string_view> choices) {
  const std::string text = java_text(value);
  std::string all;
  for (const std::string_view choice : choices) {
    if (choice == text) return text;
    all += all.empty() ? "" : ", ";
    all += choice;
  }
  return Error(ErrorCode::kMapperParsing, "Unknown value [{}] for field [{}] - accepted values are [{}]", text, name, all);
}

}  // namespace selene::index
