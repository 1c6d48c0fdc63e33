// long, integer, short, byte, unsigned_long
#include <cmath>
#include <limits>

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
using base::JsonType;
using base::JsonValue;
using base::Result;
using base::Status;

struct Range {
  int64_t low;
  int64_t high;
  std::string_view article_name;  ///< "a long"
  std::string_view java_class;
};
constexpr Range kLong{std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max(), "a long", "Long"};
constexpr Range kInteger{std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max(), "an integer", "Integer"};
constexpr Range kShort{std::numeric_limits<int16_t>::min(), std::numeric_limits<int16_t>::max(), "a short", "Short"};
constexpr Range kByte{std::numeric_limits<int8_t>::min(), std::numeric_limits<int8_t>::max(), "a byte", "Integer"};

Error out_of_range(std::string_view text, std::string_view article_name) {
  return Error(ErrorCode::kIllegalArgument, "Value [{}] is out of range for {}", text, article_name);
}

Error not_numeric(JsonValue value) {
  if (value.is_object()) return Error(ErrorCode::kIllegalArgument, "Cannot parse object as number");
  return Error(ErrorCode::kXContentParse, "Current token (VALUE_{}) not numeric, can not use numeric value accessors",
               value.as_bool() ? "TRUE" : "FALSE");
}

Result<int64_t> from_double(double value, std::string_view text, const MappedField& field, const Range& range) {
  // The upper bound as a double is 2^63 for long, which is already too large.
  const double whole = std::trunc(value);
  const bool inside = range.high == kLong.high
                          ? whole >= -0x1p63 && whole < 0x1p63
                          : whole >= static_cast<double>(range.low) && whole <= static_cast<double>(range.high);
  if (!inside) return out_of_range(text, range.article_name);
  if (!field.coerce && whole != value) {
    return Error(ErrorCode::kIllegalArgument, "{} cannot be converted to {} without data loss", base::format_number(value),
                 range.java_class);
  }
  return static_cast<int64_t>(whole);
}

Result<int64_t> from_text(std::string_view text, const MappedField& field, const Range& range) {
  if (!field.coerce) return Error(ErrorCode::kIllegalArgument, "{} value passed as String", range.java_class);
  if (&range != &kLong) {
    ASSIGN_OR_RETURN(const double value, parse_java_double(text));
    return from_double(std::isnan(value) ? 0 : value, text, field, range);
  }
  WholeNumberError error{};
  const auto number = parse_whole_number(text, error);
  if (!number && error == WholeNumberError::kNoNumber) return Error(ErrorCode::kIllegalArgument, "For input string: \"{}\"", text);
  const uint64_t limit = uint64_t{1} << 63;
  if (!number || number->magnitude > limit || (number->magnitude == limit && !number->negative))
    return out_of_range(text, range.article_name);
  return static_cast<int64_t>(number->negative ? 0 - number->magnitude : number->magnitude);
}

Result<int64_t> whole_value(JsonValue value, const MappedField& field, const Range& range, ValueSink& sink) {
  switch (value.type()) {
    case JsonType::kInt64:
      if (value.as_int64() < range.low || value.as_int64() > range.high)
        return out_of_range(std::to_string(value.as_int64()), range.article_name);
      return value.as_int64();
    case JsonType::kUint64:
      if (value.as_uint64() > static_cast<uint64_t>(range.high))
        return out_of_range(std::to_string(value.as_uint64()), range.article_name);
      return static_cast<int64_t>(value.as_uint64());
    case JsonType::kDouble: return from_double(value.as_double(), sink.text(value), field, range);
    case JsonType::kString: return from_text(value.as_string(), field, range);
    default: return not_numeric(value);
  }
}

template <const Range& range>
Status parse_whole(JsonValue value, const MappedField& field, ValueSink& sink) {
  ASSIGN_OR_RETURN(const int64_t number, whole_value(value, field, range, sink));
  sink.add_number(field, number);
  return {};
}

/// Shifted by 2^63, so that the order of int64 is that of the numbers.
int64_t encode_unsigned(uint64_t value) { return static_cast<int64_t>(value ^ (uint64_t{1} << 63)); }

Status parse_unsigned(JsonValue value, const MappedField& field, ValueSink& sink) {
  if (!value.is_number() && !value.is_string()) return not_numeric(value);
  const std::string_view text = sink.text(value);
  WholeNumberError error{};
  const auto number = parse_whole_number(text, error);
  if (!number && error == WholeNumberError::kNoNumber) return Error(ErrorCode::kNumberFormat, "For input string: \"{}\"", text);
  if (!number || (number->negative && number->magnitude != 0)) return out_of_range(text, "unsigned long");
  if (number->fraction) return Error(ErrorCode::kIllegalArgument, "Value \"{}\" has a decimal part", text);
  sink.add_number(field, encode_unsigned(number->magnitude));
  return {};
}

constexpr auto no_init = [](const AnalyzerRegistry&, MappedField& field) { field.norms = false; };
constexpr auto no_finish = [](MappedField&) -> Status { return {}; };

constexpr Parameter kWholeParameters[] = {
    parameters::kIndex,  parameters::kDocValues, parameters::kStore, parameters::kIgnoreMalformed,
    parameters::kCoerce, parameters::kNullValue, parameters::kMeta,
};
constexpr Parameter kUnsignedParameters[] = {
    parameters::kIndex,           parameters::kDocValues, parameters::kStore,
    parameters::kIgnoreMalformed, parameters::kNullValue, parameters::kMeta,
};

}  // namespace

Result<int64_t> read_long_value(JsonValue value, const MappedField& field, ValueSink& sink) {
  return whole_value(value, field, kLong, sink);
}
Result<int64_t> read_integer_value(JsonValue value, const MappedField& field, ValueSink& sink) {
  return whole_value(value, field, kInteger, sink);
}

const FieldTypeEntry kLongType{"long", FieldType::kLong, kWholeParameters, no_init, no_finish, &parse_whole<kLong>};
const FieldTypeEntry kIntegerType{"integer", FieldType::kInteger, kWholeParameters, no_init, no_finish, &parse_whole<kInteger>};
const FieldTypeEntry kShortType{"short", FieldType::kShort, kWholeParameters, no_init, no_finish, &parse_whole<kShort>};
const FieldTypeEntry kByteType{"byte", FieldType::kByte, kWholeParameters, no_init, no_finish, &parse_whole<kByte>};
const FieldTypeEntry kUnsignedLongType{"unsigned_long", FieldType::kUnsignedLong, kUnsignedParameters, no_init,
                                       no_finish,       &parse_unsigned};

}  // namespace selene::index
