#include "index/mapping/property_names.h"

#include "index/mapping/mapping_values.h"

namespace selene::index {

using base::Error;
using base::ErrorCode;

base::Status check_property_name(std::string_view name) {
  if (name.empty()) return Error(ErrorCode::kIllegalArgument, "field name cannot be an empty string");
  if (name.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return Error(ErrorCode::kMapperParsing, "Field name cannot contain only whitespace: [{}]", name);
  }
  if (name.starts_with('.') || name.ends_with('.') || name.find("..") != std::string_view::npos) {
    return Error(ErrorCode::kIllegalArgument, "field name starting or ending with a [.] makes object resolution ambiguous: [{}]",
                 name);
  }
  return {};
}

base::Result<std::string> property_type(std::string_view name, base::JsonValue definition) {
  if (const base::JsonValue type = definition["type"]; type.exists() && !type.is_null()) return java_text(type);
  const bool only_enabled = definition["enabled"].exists() && definition.as_object().size() == 1;
  if (definition["properties"].exists() || only_enabled) return std::string("object");
  return Error(ErrorCode::kMapperParsing, "No type specified for field [{}]", name);
}

}  // namespace selene::index
