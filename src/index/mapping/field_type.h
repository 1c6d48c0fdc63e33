#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/mapping/mapping.h"

namespace selene::index {

class ValueSink;

/// One parameter of field definitions ("analyzer", "ignore_above", ...).
struct Parameter {
  std::string_view name;
  std::string_view default_json;  ///< what holds where it is not given
  enum class Update : uint8_t { kNo, kYes, kOnlyToFalse, kOnlyFromNull } update = Update::kNo;
  /// Puts the value into `field` and gives it in canonical JSON. Errors: kMapperParsing, kIllegalArgument.
  base::Result<std::string> (*parse)(base::JsonValue value, const AnalyzerRegistry& analyzers, MappedField& field);
  bool accepts_null = false;
  /// Whether an update may change the canonical JSON `from` to `to`; null: `update` says it.
  bool (*may_change)(std::string_view from, std::string_view to) = nullptr;
};

/// A field type: the whole of what mapping and document parsing know about it. One file in types/, one line in the registry.
struct FieldTypeEntry {
  std::string_view name;
  FieldType type;
  std::span<const Parameter> parameters;  ///< in the order of GET _mapping
  /// Sets the type's defaults in a new field.
  void (*init)(const AnalyzerRegistry& analyzers, MappedField& field);
  /// Checks and derives once all parameters are in. Errors: kMapperParsing, kIllegalArgument.
  base::Status (*finish)(MappedField& field);
  /// One scalar (never null) or object of a document. Errors: the cause of "failed to parse field".
  base::Status (*parse)(base::JsonValue value, const MappedField& field, ValueSink& sink);
  /// Checks parameters against each other and adds those that are shown although they were not given; null: nothing of the kind.
  /// Runs before `finish`. `parameters`: canonical JSON by name. Errors: kMapperParsing, kIllegalArgument.
  base::Status (*complete)(MappedField& field, std::map<std::string, std::string, std::less<>>& parameters) = nullptr;
};

/// Null if there is no such type.
const FieldTypeEntry* find_field_type(std::string_view name);

}  // namespace selene::index
