#include "index/mapping/field_parameters.h"
#include "index/mapping/types/field_types.h"
#include "index/mapping/value_sink.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Status;

Status parse_boolean(JsonValue value, const MappedField& field, ValueSink& sink) {
  if (value.is_bool()) {
    sink.add_number(field, value.as_bool() ? 1 : 0);
    return {};
  }
  if (value.is_string()) {
    const std::string_view text = value.as_string();
    if (text != "true" && text != "false" && !text.empty()) {
      return Error(ErrorCode::kIllegalArgument, "Failed to parse value [{}] as only [true] or [false] are allowed.", text);
    }
    sink.add_number(field, text == "true" ? 1 : 0);
    return {};
  }
  const std::string_view token = value.is_object()    ? "START_OBJECT"
                                 : value.is_integer() ? "VALUE_NUMBER_INT"
                                                      : "VALUE_NUMBER_FLOAT";
  return Error(ErrorCode::kXContentParse, "Current token ({}) not of boolean type", token);
}

constexpr Parameter kParameters[] = {
    parameters::kMeta,      parameters::kDocValues, parameters::kIndex,
    parameters::kNullValue, parameters::kStore,     parameters::kIgnoreMalformed,
};

}  // namespace

const FieldTypeEntry kBooleanType{"boolean",
                                  FieldType::kBoolean,
                                  kParameters,
                                  [](const AnalyzerRegistry&, MappedField& field) { field.norms = false; },
                                  [](MappedField&) -> Status { return {}; },
                                  &parse_boolean};

}  // namespace selene::index
