#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"

namespace selene::index {

/// What a value of a document looks like to dynamic mapping.
enum class DynamicType : uint8_t { kObject, kString, kLong, kDouble, kBoolean, kDate, kBinary };
/// "object", "string", ...
std::string_view dynamic_type_name(DynamicType type);

/// One entry of `dynamic_templates`: the definition that new fields get whose name, path and kind of value fit.
struct DynamicTemplate {
  std::string name;
  std::vector<std::string> match;  ///< simple patterns, or regular expressions with match_pattern: regex
  std::vector<std::string> unmatch;
  std::vector<std::string> path_match;
  std::vector<std::string> path_unmatch;
  std::vector<std::string> match_mapping_type;  ///< empty: any
  std::vector<std::string> unmatch_mapping_type;
  bool regex = false;
  std::string mapping;  ///< JSON text with {name} and {dynamic_type}

  /// `name`: the last part of `path`.
  bool matches(std::string_view path, std::string_view name, DynamicType type) const;
  /// The definition for one field; a missing `type` is that of the value.
  std::string definition(std::string_view name, DynamicType type) const;
};

/// An array of {"<name>": {...}}. Errors: kMapperParsing, kIllegalArgument.
base::Result<std::vector<DynamicTemplate>> parse_dynamic_templates(base::JsonValue value);

}  // namespace selene::index
