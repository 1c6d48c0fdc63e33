// integer_range, long_range, float_range, double_range, date_range, ip_range
#include "base/json/json_writer.h"
#include "index/mapping/date_format.h"
#include "index/mapping/field_parameters.h"
#include "index/mapping/ip_address.h"
#include "index/mapping/range_bounds.h"
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

enum class End : uint8_t { kFrom, kTo };

/// One bound as it was given.
struct Bound {
  JsonValue value;
  End end = End::kFrom;
  bool included = true;
};

Result<Bound> read_key(std::string_view key, JsonValue value) {
  if (key == "gt" || key == "gte") return Bound{value, End::kFrom, key == "gte"};
  if (key == "lt" || key == "lte") return Bound{value, End::kTo, key == "lte"};
  return Error(ErrorCode::kDocumentParsing, "unknown parameter [{}]", key);
}

/// Numbers of JSON, unlike texts, are not converted: a type's parser reads them as what they are.
Status check_fits(JsonValue value, int64_t least, int64_t greatest, std::string_view java_type, ValueSink& sink) {
  const bool is_object = value.is_object() || value.is_array();
  if (is_object) {
    return Error(ErrorCode::kXContentParse, "Current token ({}) not numeric, can not use numeric value accessors",
                 value.is_object() ? "START_OBJECT" : "START_ARRAY");
  }
  if (!value.is_number()) return {};
  const bool fits = value.type() == base::JsonType::kInt64 ? value.as_int64() >= least && value.as_int64() <= greatest
                    : value.type() == base::JsonType::kUint64
                        ? value.as_uint64() <= static_cast<uint64_t>(greatest)
                        : value.as_double() >= static_cast<double>(least) && value.as_double() < static_cast<double>(greatest) + 1;
  if (fits) return {};
  return Error(ErrorCode::kXContentParse, "Numeric value ({}) out of range of {} ({} - {})", sink.text(value), java_type, least,
               greatest);
}

Result<std::string> read_date(const Bound& bound, const MappedField& field, ValueSink& sink) {
  if (bound.value.is_object() || bound.value.is_array())
    return Error(ErrorCode::kIllegalState, "Can't get text on a START_{}", bound.value.is_object() ? "OBJECT" : "ARRAY");
  const std::string_view text = sink.text(bound.value);
  if (text.starts_with("now")) {
    return Error(ErrorCode::kParse, "could not read the current timestamp")
        .with_cause(Error(ErrorCode::kIllegalArgument, "now is not used at indexing time"));
  }
  // An open bound lies outside of the unit that the text names, a closed one includes it.
  const bool up = (bound.end == End::kFrom) != bound.included;
  ASSIGN_OR_RETURN(const int64_t ms, parse_date(text, field.format, 0, up ? DateRounding::kUp : DateRounding::kDown));
  return encode_bound(ms);
}

Result<std::string> read_bound(const Bound& bound, const MappedField& field, ValueSink& sink) {
  switch (field.type) {
    case FieldType::kIntegerRange: {
      RETURN_IF_ERROR(check_fits(bound.value, INT32_MIN, INT32_MAX, "int", sink));
      ASSIGN_OR_RETURN(const int64_t number, read_integer_value(bound.value, field, sink));
      return encode_bound(number);
    }
    case FieldType::kLongRange: {
      RETURN_IF_ERROR(check_fits(bound.value, INT64_MIN, INT64_MAX, "long", sink));
      ASSIGN_OR_RETURN(const int64_t number, read_long_value(bound.value, field, sink));
      return encode_bound(number);
    }
    case FieldType::kFloatRange: {
      ASSIGN_OR_RETURN(const float number, read_float_value(bound.value, field));
      return encode_bound(encode_sortable(static_cast<double>(number)));
    }
    case FieldType::kDoubleRange: {
      ASSIGN_OR_RETURN(const double number, read_double_value(bound.value, field));
      return encode_bound(encode_sortable(number));
    }
    case FieldType::kDateRange: return read_date(bound, field, sink);
    default: break;
  }
  if (bound.value.is_object() || bound.value.is_array())
    return Error(ErrorCode::kIllegalState, "Can't get text on a START_{}", bound.value.is_object() ? "OBJECT" : "ARRAY");
  return parse_ip(sink.text(bound.value));
}

/// The first or last value that a range with this bound contains.
Result<std::string> contained_end(const Bound& bound, const MappedField& field, ValueSink& sink) {
  const bool from = bound.end == End::kFrom;
  if (bound.value.is_null()) return from ? least_bound(field.type) : greatest_bound(field.type);
  ASSIGN_OR_RETURN(const std::string given, read_bound(bound, field, sink));
  if (bound.included) return given;
  std::string end = given;
  if (from ? next_bound(field.type, end) : previous_bound(field.type, end)) return end;
  return Error(ErrorCode::kIllegalArgument, "Overflow: there is no {} value than {}", from ? "greater" : "smaller",
               bound_text(field.type, given));
}

/// A range that is no object. Elasticsearch names the key that the value stands under, which an element of an array has none of.
Error no_object(JsonValue value, const MappedField& field, const ValueSink& sink) {
  const char* before = sink.json().text_of(value).data() - 1;  // a document is an object around the value
  while (*before == ' ' || *before == '\t' || *before == '\n' || *before == '\r') --before;
  const bool has_key = *before == ':';
  const base::JsonPosition position = sink.json().position_of(value);
  return Error(ErrorCode::kDocumentParsing, "[{}:{}] error parsing field [{}], expected an object but got {}", position.line,
               position.column, field.name, has_key ? field.name.substr(field.name.rfind('.') + 1) : "null");
}

/// A field that keeps nothing has no values either.
void add_range(const std::string& from, const std::string& to, const MappedField& field, ValueSink& sink) {
  if (field.index || field.doc_values || field.store) sink.add_text(field, sink.own(from + to));
}

Status parse_range(JsonValue value, const MappedField& field, ValueSink& sink) {
  if (field.type == FieldType::kIpRange && value.is_string()) {
    ASSIGN_OR_RETURN(const IpRange network, parse_cidr(value.as_string()));
    add_range(network.low, network.high, field, sink);
    return {};
  }
  if (!value.is_object()) return no_object(value, field, sink);
  std::string from = least_bound(field.type);
  std::string to = greatest_bound(field.type);
  for (const auto& [key, member] : value.as_object()) {
    const Result<Bound> bound = read_key(key, member);
    if (!bound) {
      sink.blame(member);
      const base::JsonPosition at = sink.json().position_of(member);
      return Error(ErrorCode::kDocumentParsing, "[{}:{}] error parsing field [{}], with {}", at.line, at.column, field.name,
                   bound.error().reason());
    }
    Result<std::string> end = contained_end(*bound, field, sink);
    if (!end) {
      sink.blame(member);
      return std::move(end).error();
    }
    (bound->end == End::kFrom ? from : to) = *std::move(end);
  }
  if (is_behind(field.type, from, to)) {
    if (field.type == FieldType::kIpRange)
      return Error(ErrorCode::kIllegalArgument, "min value cannot be greater than max value for InetAddressRange field");
    return Error(ErrorCode::kIllegalArgument, "min value ({}) is greater than max value ({})", bound_text(field.type, from),
                 bound_text(field.type, to));
  }
  add_range(from, to, field, sink);
  return {};
}

Result<std::string> parse_range_format(JsonValue value, const AnalyzerRegistry&, MappedField& field) {
  field.format = java_text(value);
  return base::quote(field.format);
}

Result<std::string> refuse_format(JsonValue, const AnalyzerRegistry&, MappedField& field) {
  return Error(ErrorCode::kIllegalArgument,
               "field [{}] of type [range] should not define a dateTimeFormatter unless it is a DATE type", field.name);
}

void init_range(const AnalyzerRegistry&, MappedField& field) {
  field.norms = field.positions = field.freqs = false;
  field.constant_score = true;
  if (field.type == FieldType::kDateRange) field.format = "strict_date_optional_time||epoch_millis";
}

Status finish_range(MappedField& field) {
  if (field.type == FieldType::kDateRange) {
    ASSIGN_OR_RETURN(field.date_format, DateFormat::compile(field.format));
  }
  return {};
}

constexpr auto kFixed = Parameter::Update::kNo;
constexpr Parameter kDateRangeParameters[] = {
    parameters::kIndex,
    parameters::kDocValues,
    parameters::kStore,
    parameters::kCoerce,
    {"format", "\"strict_date_optional_time||epoch_millis\"", kFixed, &parse_range_format},
    {"locale", "\"en\"", kFixed, &parse_shown},
    parameters::kMeta,
};
constexpr Parameter kRangeParameters[] = {
    parameters::kIndex,  parameters::kDocValues, parameters::kStore,
    parameters::kCoerce, parameters::kMeta,      {"format", "\"\"", kFixed, &refuse_format},
};

constexpr FieldTypeEntry range_entry(std::string_view name, FieldType type) {
  return {name, type, kRangeParameters, &init_range, &finish_range, &parse_range};
}

}  // namespace

const FieldTypeEntry kIntegerRangeType = range_entry("integer_range", FieldType::kIntegerRange);
const FieldTypeEntry kLongRangeType = range_entry("long_range", FieldType::kLongRange);
const FieldTypeEntry kFloatRangeType = range_entry("float_range", FieldType::kFloatRange);
const FieldTypeEntry kDoubleRangeType = range_entry("double_range", FieldType::kDoubleRange);
const FieldTypeEntry kIpRangeType = range_entry("ip_range", FieldType::kIpRange);
const FieldTypeEntry kDateRangeType{"date_range", FieldType::kDateRange, kDateRangeParameters,
                                    &init_range,  &finish_range,         &parse_range};

}  // namespace selene::index
