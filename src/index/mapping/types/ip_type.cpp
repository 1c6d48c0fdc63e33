#include "index/mapping/field_parameters.h"
#include "index/mapping/ip_address.h"
#include "index/mapping/types/field_types.h"
#include "index/mapping/value_sink.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Status;

Status parse_ip_value(JsonValue value, const MappedField& field, ValueSink& sink) {
  if (value.is_object()) {
    const base::JsonPosition at = sink.json().position_of(value);
    return Error(ErrorCode::kIllegalState, "Can't get text on a START_OBJECT at {}:{}", at.line, at.column);
  }
  ASSIGN_OR_RETURN(std::string bytes, parse_ip(sink.text(value)));
  sink.add_text(field, sink.own(std::move(bytes)));
  return {};
}

constexpr Parameter kParameters[] = {
    parameters::kIndex,           parameters::kDocValues, parameters::kStore,
    parameters::kIgnoreMalformed, parameters::kNullValue, parameters::kMeta,
};

}  // namespace

const FieldTypeEntry kIpType{"ip",
                             FieldType::kIp,
                             kParameters,
                             [](const AnalyzerRegistry&, MappedField& field) {
                               field.norms = field.positions = field.freqs = false;
                               field.constant_score = true;
                             },
                             [](MappedField&) -> Status { return {}; },
                             &parse_ip_value};

}  // namespace selene::index
