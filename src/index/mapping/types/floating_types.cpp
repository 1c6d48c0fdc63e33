// double, float, half_float, scaled_float
#include <cmath>

#include "base/json/json_writer.h"
#include "index/mapping/field_parameters.h"
#include "index/mapping/number_parsing.h"
#include "index/mapping/types/field_types.h"
#include "index/mapping/types/number_values.h"
#include "index/mapping/value_sink.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;
using base::Status;

Result<double> number_of(JsonValue value, const MappedField& field, std::string_view java_class) {
  if (value.is_number()) return value.as_double();
  if (value.is_string()) {
    if (!field.coerce) return Error(ErrorCode::kIllegalArgument, "{} value passed as String", java_class);
    return parse_java_double(value.as_string());
  }
  if (value.is_object() || value.is_array()) return Error(ErrorCode::kIllegalArgument, "Cannot parse object as number");
  return Error(ErrorCode::kXContentParse, "Current token (VALUE_{}) not numeric, can not use numeric value accessors",
               value.as_bool() ? "TRUE" : "FALSE");
}

template <class Float>
Error not_finite(std::string_view type, Float number) {
  std::string text = base::format_number(number);
  if (text.front() == '"') text = text.substr(1, text.size() - 2);
  return Error(ErrorCode::kIllegalArgument, "[{}] supports only finite values, but got [{}]", type, text);
}

Status parse_double(JsonValue value, const MappedField& field, ValueSink& sink) {
  ASSIGN_OR_RETURN(const double number, read_double_value(value, field));
  sink.add_number(field, encode_sortable(number));
  return {};
}

Status parse_float(JsonValue value, const MappedField& field, ValueSink& sink) {
  ASSIGN_OR_RETURN(const float number, read_float_value(value, field));
  sink.add_number(field, encode_sortable(static_cast<double>(number)));
  return {};
}

Status parse_half_float(JsonValue value, const MappedField& field, ValueSink& sink) {
  ASSIGN_OR_RETURN(const double number, number_of(value, field, "Float"));
  const float half = round_to_half(static_cast<float>(number));
  if (!std::isfinite(half)) return not_finite(field.type_name, static_cast<float>(number));
  sink.add_number(field, encode_sortable(static_cast<double>(half)));
  return {};
}

Status parse_scaled_float(JsonValue value, const MappedField& field, ValueSink& sink) {
  ASSIGN_OR_RETURN(const double number, number_of(value, field, "Double"));
  if (!std::isfinite(number)) return not_finite(field.type_name, number);
  // Java's Math.round: half up, and the nearest long where the product is beyond
  const double scaled = std::floor(number * field.scaling_factor + 0.5);
  const int64_t encoded = scaled >= 0x1p63 ? INT64_MAX : scaled < -0x1p63 ? INT64_MIN : static_cast<int64_t>(scaled);
  sink.add_number(field, encoded);
  return {};
}

Result<std::string> parse_scaling_factor(JsonValue value, const AnalyzerRegistry&, MappedField& field) {
  ASSIGN_OR_RETURN(field.scaling_factor, double_setting(value));
  if (!(field.scaling_factor > 0)) {
    return Error(ErrorCode::kIllegalArgument, "[scaling_factor] must be a positive number, got [{}]",
                 base::format_number(field.scaling_factor));
  }
  return base::format_number(field.scaling_factor);
}

constexpr auto no_init = [](const AnalyzerRegistry&, MappedField& field) { field.norms = false; };
constexpr auto no_finish = [](MappedField&) -> Status { return {}; };

Status finish_scaled_float(MappedField& field) {
  if (field.scaling_factor == 0) return Error(ErrorCode::kMapperParsing, "Field [scaling_factor] is required");
  return {};
}

constexpr Parameter kFloatParameters[] = {
    parameters::kIndex,  parameters::kDocValues, parameters::kStore, parameters::kIgnoreMalformed,
    parameters::kCoerce, parameters::kNullValue, parameters::kMeta,
};
constexpr Parameter kScaledFloatParameters[] = {
    parameters::kIndex,           parameters::kDocValues, parameters::kStore,
    parameters::kIgnoreMalformed, parameters::kMeta,      {"scaling_factor", "null", Parameter::Update::kNo, &parse_scaling_factor},
    parameters::kCoerce,          parameters::kNullValue,
};

}  // namespace

Result<double> read_double_value(JsonValue value, const MappedField& field) {
  ASSIGN_OR_RETURN(const double number, number_of(value, field, "Double"));
  if (!std::isfinite(number)) return not_finite("double", number);
  return number;
}

Result<float> read_float_value(JsonValue value, const MappedField& field) {
  ASSIGN_OR_RETURN(const double number, number_of(value, field, "Float"));
  const auto narrow = static_cast<float>(number);
  if (!std::isfinite(narrow)) return not_finite("float", narrow);
  return narrow;
}

const FieldTypeEntry kDoubleType{"double", FieldType::kDouble, kFloatParameters, no_init, no_finish, &parse_double};
const FieldTypeEntry kFloatType{"float", FieldType::kFloat, kFloatParameters, no_init, no_finish, &parse_float};
const FieldTypeEntry kHalfFloatType{"half_float", FieldType::kHalfFloat, kFloatParameters, no_init, no_finish, &parse_half_float};
const FieldTypeEntry kScaledFloatType{"scaled_float", FieldType::kScaledFloat, kScaledFloatParameters,
                                      no_init,        &finish_scaled_float,    &parse_scaled_float};

}  // namespace selene::index
