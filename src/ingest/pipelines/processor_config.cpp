#include "ingest/pipelines/processor_config.h"

namespace selene::ingest {

using base::Error;
using base::ErrorCode;
using base::JsonTree;
using base::Result;

Error ProcessorConfig::fault(std::string_view name, std::string_view reason) const {
  Error plain = name.empty() ? Error(ErrorCode::kParse, std::string(reason))
                             : Error(ErrorCode::kParse, "[{}] {}", name, reason).with("property_name", name);
  Error typed = std::move(plain).with("processor_type", type_);
  if (tag_.empty()) return typed;
  return std::move(typed).with("processor_tag", tag_);
}

std::optional<JsonTree> ProcessorConfig::take(std::string_view name) {
  JsonTree* const found = options_.find(name);
  if (found == nullptr) return std::nullopt;
  std::optional<JsonTree> value(std::move(*found));
  options_.remove(name);
  return value;
}

Result<JsonTree> ProcessorConfig::required(std::string_view name) {
  std::optional<JsonTree> value = take(name);
  if (!value) return fault(name, "required property is missing");
  return *std::move(value);
}

Result<std::optional<std::string>> ProcessorConfig::optional_text(std::string_view name) {
  const std::optional<JsonTree> value = take(name);
  if (!value || value->is_null()) return std::optional<std::string>();
  if (value->is_string()) return std::optional<std::string>(value->as_string());
  return fault(name, base::format("property isn't a string, but of type [{}]", java_type(*value)));
}

Result<std::string> ProcessorConfig::text(std::string_view name) {
  ASSIGN_OR_RETURN(std::optional<std::string> value, optional_text(name));
  if (!value) return fault(name, "required property is missing");
  return *std::move(value);
}

Result<std::string> ProcessorConfig::text(std::string_view name, std::string_view fallback) {
  ASSIGN_OR_RETURN(std::optional<std::string> value, optional_text(name));
  return value ? *std::move(value) : std::string(fallback);
}

Result<bool> ProcessorConfig::boolean(std::string_view name, bool fallback) {
  const std::optional<JsonTree> value = take(name);
  if (!value || value->is_null()) return fallback;
  if (value->is_bool()) return value->as_bool();
  return fault(name, base::format("property isn't a boolean, but of type [{}]", java_type(*value)));
}

Result<TextTemplate> ProcessorConfig::text_template(std::string_view name) {
  ASSIGN_OR_RETURN(const std::string value, text(name));
  Result<TextTemplate> compiled = TextTemplate::compile(value);
  if (!compiled) return fault(name, compiled.error().reason());
  return compiled;
}

Result<std::vector<std::string>> ProcessorConfig::texts(std::string_view name) {
  ASSIGN_OR_RETURN(const JsonTree value, required(name));
  std::vector<std::string> list;
  if (value.is_string()) list.push_back(value.as_string());
  if (value.is_array()) {
    for (const JsonTree& element : value.as_array()) {
      if (!element.is_string())
        return fault(name, base::format("property isn't a list of strings, but holds [{}]", java_type(element)));
      list.push_back(element.as_string());
    }
  } else if (!value.is_string()) {
    return fault(name, base::format("property isn't a string or a list, but of type [{}]", java_type(value)));
  }
  return list;
}

Result<JsonTree> ProcessorConfig::object(std::string_view name) {
  ASSIGN_OR_RETURN(JsonTree value, required(name));
  if (value.is_object()) return value;
  return fault(name, base::format("property isn't a map, but of type [{}]", java_type(value)));
}

base::Status ProcessorConfig::finish() const {
  if (options_.as_object().empty()) return {};
  std::string names;
  for (const JsonTree::Member& member : options_.as_object()) names.append(names.empty() ? "" : ", ").append(member.key);
  return fault("", base::format("processor [{}] doesn't support one or more provided configuration parameters [{}]", type_, names));
}

}  // namespace selene::ingest
