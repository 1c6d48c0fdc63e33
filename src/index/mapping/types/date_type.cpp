#include "base/json/json_writer.h"
#include "index/mapping/date_format.h"
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

Result<std::string> parse_format(JsonValue value, const AnalyzerRegistry&, MappedField& field) {
  field.format = java_text(value);
  return base::quote(field.format);
}

Status finish_date(MappedField& field) {
  ASSIGN_OR_RETURN(field.date_format, DateFormat::compile(field.format));
  return {};
}

Status parse_date_value(JsonValue value, const MappedField& field, ValueSink& sink) {
  if (value.is_object()) {
    const base::JsonPosition at = sink.json().position_of(value);
    return Error(ErrorCode::kIllegalState, "Can't get text on a START_OBJECT at {}:{}", at.line, at.column);
  }
  ASSIGN_OR_RETURN(const int64_t ms, field.date_format->parse(sink.text(value), DateRounding::kDown));
  sink.add_number(field, ms);
  return {};
}

Status parse_nanos_value(JsonValue value, const MappedField& field, ValueSink& sink) {
  if (value.is_object()) {
    const base::JsonPosition at = sink.json().position_of(value);
    return Error(ErrorCode::kIllegalState, "Can't get text on a START_OBJECT at {}:{}", at.line, at.column);
  }
  ASSIGN_OR_RETURN(const DateInstant instant, field.date_format->parse_instant(sink.text(value), DateRounding::kDown));
  ASSIGN_OR_RETURN(const int64_t ns, to_nanos(instant));
  sink.add_number(field, ns);
  return {};
}

constexpr Parameter kNanosParameters[] = {
    parameters::kIndex,
    parameters::kDocValues,
    parameters::kStore,
    {"format", "\"strict_date_optional_time_nanos||epoch_millis\"", Parameter::Update::kNo, &parse_format},
    {"locale", "\"en\"", Parameter::Update::kNo, &parse_shown},
    parameters::kNullValue,
    parameters::kIgnoreMalformed,
    parameters::kMeta,
};
constexpr Parameter kParameters[] = {
    parameters::kIndex,
    parameters::kDocValues,
    parameters::kStore,
    {"format", "\"strict_date_optional_time||epoch_millis\"", Parameter::Update::kNo, &parse_format},
    {"locale", "\"en\"", Parameter::Update::kNo, &parse_shown},
    parameters::kNullValue,
    parameters::kIgnoreMalformed,
    parameters::kMeta,
};

}  // namespace

const FieldTypeEntry kDateType{"date",
                               FieldType::kDate,
                               kParameters,
                               [](const AnalyzerRegistry&, MappedField& field) {
                                 field.norms = false;
                                 field.format = "strict_date_optional_time||epoch_millis";
                               },
                               &finish_date,
                               &parse_date_value};
const FieldTypeEntry kDateNanosType{"date_nanos",
                                    FieldType::kDateNanos,
                                    kNanosParameters,
                                    [](const AnalyzerRegistry&, MappedField& field) {
                                      field.norms = false;
                                      field.format = "strict_date_optional_time_nanos||epoch_millis";
                                    },
                                    &finish_date,
                                    &parse_nanos_value};

}  // namespace selene::index
