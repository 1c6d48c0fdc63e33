#include "base/json/json_writer.h"
#include "index/mapping/field_parameters.h"
#include "index/mapping/types/field_types.h"
#include "index/mapping/value_sink.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;
using base::Status;

Result<std::string> parse_value(JsonValue value, const AnalyzerRegistry&, MappedField& field) {
  if (value.is_object() || value.is_array())
    return Error(ErrorCode::kMapperParsing, "Property [value] on field [{}] must be a number or a string, but got [{}]", field.name,
                 java_text(value));
  field.constant_value = java_text(value);
  return base::quote(*field.constant_value);
}

Status parse_constant(JsonValue value, const MappedField& field, ValueSink& sink) {
  if (value.is_object()) {
    const base::JsonPosition at = sink.json().position_of(value);
    return Error(ErrorCode::kIllegalState, "Can't get text on a START_OBJECT at {}:{}", at.line, at.column);
  }
  const std::string_view text = sink.text(value);
  if (!field.constant_value) {
    base::JsonWriter out;
    out.begin_object().field("type", "constant_keyword").field("value", text).end_object();
    sink.set_mapping_update(field, out.take());
    return {};
  }
  if (*field.constant_value == text) return {};
  return Error(
      ErrorCode::kIllegalArgument,
      "[constant_keyword] field [{}] only accepts values that are equal to the value defined in the mappings [{}], but got "
      "[{}]",
      field.name, *field.constant_value, text);
}

constexpr Parameter kParameters[] = {
    {"value", "null", Parameter::Update::kOnlyFromNull, &parse_value},
    parameters::kMeta,
};

}  // namespace

const FieldTypeEntry kConstantKeywordType{"constant_keyword",
                                          FieldType::kConstantKeyword,
                                          kParameters,
                                          [](const AnalyzerRegistry&, MappedField& field) {
                                            field.norms = field.positions = field.freqs = field.doc_values = false;
                                            field.constant_score = true;
                                          },
                                          [](MappedField&) -> Status { return {}; },
                                          &parse_constant};

}  // namespace selene::index
