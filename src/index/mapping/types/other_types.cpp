// alias, binary, geo_point
#include "base/json/json_writer.h"
#include "index/mapping/field_parameters.h"
#include "index/mapping/geo_point_parser.h"
#include "index/mapping/types/field_types.h"
#include "index/mapping/value_sink.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;
using base::Status;

// ---- alias

Result<std::string> parse_path(JsonValue value, const AnalyzerRegistry&, MappedField& field) {
  field.alias_path = java_text(value);
  return base::quote(field.alias_path);
}

Status finish_alias(MappedField& field) {
  if (!field.alias_path.empty()) return {};
  return Error(ErrorCode::kMapperParsing, "The [path] property must be specified for field [{}].",
               field.name.substr(field.name.rfind('.') + 1));
}

Status refuse_alias_value(JsonValue, const MappedField& field, ValueSink&) {
  return Error(ErrorCode::kIllegalArgument, "Cannot write to a field alias [{}].", field.name);
}

constexpr Parameter kAliasParameters[] = {{"path", "null", Parameter::Update::kYes, &parse_path}};

// ---- binary

/// Nothing is made of a value that is neither stored nor a doc value, so it is not looked at.
Status check_base64(JsonValue value, const MappedField& field, ValueSink& sink) {
  if (value.is_object()) return Error(ErrorCode::kIllegalArgument, "Can't get binary on a START_OBJECT");
  if (!field.store && !field.doc_values) return {};
  const std::string_view text = sink.text(value);
  for (const char c : text) {
    const bool digit = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
                       c == '-' || c == '_' || c == '=' || c == '\n' || c == '\r';
    if (!digit) return Error(ErrorCode::kIllegalArgument, "Illegal character '{}' (code 0x{:x}) in base64 content", c, c & 0xFF);
  }
  return {};
}

constexpr Parameter kBinaryParameters[] = {
    {"doc_values", "false", Parameter::Update::kNo, &parse_flag<&MappedField::doc_values>}, parameters::kStore, parameters::kMeta};

// ---- geo_point

Status parse_geo_value(JsonValue value, const MappedField& field, ValueSink& sink) {
  ASSIGN_OR_RETURN(const GeoPoint point, parse_geo_point(value, field.name));
  sink.add_number(field, encode_geo_point(point));
  return {};
}

constexpr Parameter kGeoParameters[] = {
    parameters::kIndex,
    parameters::kDocValues,
    parameters::kStore,
    parameters::kIgnoreMalformed,
    {"ignore_z_value", "true", Parameter::Update::kYes, &parse_shown_flag},
    parameters::kMeta,
};

constexpr auto no_finish = [](MappedField&) -> Status { return {}; };

}  // namespace

const FieldTypeEntry kAliasType{
    "alias",          FieldType::kAlias,
    kAliasParameters, [](const AnalyzerRegistry&, MappedField& field) { field.index = field.doc_values = false; },
    &finish_alias,    &refuse_alias_value};
const FieldTypeEntry kBinaryType{
    "binary",          FieldType::kBinary,
    kBinaryParameters, [](const AnalyzerRegistry&, MappedField& field) { field.index = field.doc_values = false; },
    no_finish,         &check_base64};
const FieldTypeEntry kGeoPointType{"geo_point",    FieldType::kGeoPoint,
                                   kGeoParameters, [](const AnalyzerRegistry&, MappedField& field) { field.norms = false; },
                                   no_finish,      &parse_geo_value};

}  // namespace selene::index
