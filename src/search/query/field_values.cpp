#include "search/query/field_values.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "base/format.h"
#include "index/mapping/document_parser.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;
using index::FieldType;
using index::MappedField;

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr EncodedRange kNothing{0, -1};

/// A number as written: exact where it is an integer.
struct Number {
  bool is_integer = false;
  bool is_unsigned = false;  ///< above INT64_MAX; `integer` holds its bits
  int64_t integer = 0;
  double real = 0;
};

Result<Number> parse_number_text(std::string_view text) {
  Number number;
  const char* const end = text.data() + text.size();
  if (auto [stop, error] = std::from_chars(text.data(), end, number.integer);
      error == std::errc() && stop == end && !text.empty()) {
    number.is_integer = true;
    number.real = static_cast<double>(number.integer);
    return number;
  }
  uint64_t large = 0;
  if (auto [stop, error] = std::from_chars(text.data(), end, large); error == std::errc() && stop == end && !text.empty()) {
    return Number{true, true, static_cast<int64_t>(large), static_cast<double>(large)};
  }
  if (auto [stop, error] = std::from_chars(text.data(), end, number.real); error == std::errc() && stop == end && !text.empty()) {
    return number;
  }
  return Error(ErrorCode::kNumberFormat, "For input string: \"{}\"", text);
}

Result<Number> read_number(const MappedField& field, JsonValue value) {
  switch (value.type()) {
    case base::JsonType::kInt64: return Number{true, false, value.as_int64(), static_cast<double>(value.as_int64())};
    case base::JsonType::kUint64:
      return Number{true, true, static_cast<int64_t>(value.as_uint64()), static_cast<double>(value.as_uint64())};
    case base::JsonType::kDouble: return Number{false, false, 0, value.as_double()};
    case base::JsonType::kString: return parse_number_text(value.as_string());
    case base::JsonType::kBool:
      return Error(ErrorCode::kNumberFormat, "For input string: \"{}\"", value.as_bool() ? "true" : "false");
    default: break;
  }
  return Error(ErrorCode::kIllegalArgument, "Field [{}] of type [{}] does not take the value [{}]", field.name,
               index::field_type_name(field.type), token_name(value));
}

EncodedRange integer_limits(FieldType type) {
  switch (type) {
    case FieldType::kInteger: return {std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()};
    case FieldType::kShort: return {std::numeric_limits<int16_t>::min(), std::numeric_limits<int16_t>::max()};
    case FieldType::kByte: return {std::numeric_limits<int8_t>::min(), std::numeric_limits<int8_t>::max()};
    default: return {kMin, kMax};
  }
}

double round_to_half(double value) {
  if (std::isnan(value) || std::isinf(value) || value == 0) return value;
  if (std::abs(value) >= 65520.0) return std::copysign(std::numeric_limits<double>::infinity(), value);
  const int exponent = std::max(std::ilogb(value), -14);
  const double step = std::ldexp(1.0, exponent - 10);
  return std::nearbyint(value / step) * step;
}

double round_to_type(FieldType type, double value) {
  if (type == FieldType::kFloat) return static_cast<double>(static_cast<float>(value));
  if (type == FieldType::kHalfFloat) return round_to_half(static_cast<double>(static_cast<float>(value)));
  return value;
}

/// Rounds towards the inside of the range; false if nothing of that side is left.
bool lower_integer(const Number& number, bool inclusive, bool is_unsigned_field, int64_t* low) {
  if (number.is_integer) {
    int64_t value = number.integer;
    if (is_unsigned_field) {
      if (!number.is_unsigned && value < 0) return *low = kMin, true;
      value = static_cast<int64_t>(static_cast<uint64_t>(value) ^ (uint64_t{1} << 63));
    } else if (number.is_unsigned) {
      return false;
    }
    if (inclusive) return *low = value, true;
    if (value == kMax) return false;
    return *low = value + 1, true;
  }
  const double up = std::floor(number.real) == number.real ? number.real + (inclusive ? 0 : 1) : std::ceil(number.real);
  const double limit = is_unsigned_field ? 18446744073709551616.0 : 9223372036854775808.0;
  if (std::isnan(up) || up >= limit) return false;
  if (is_unsigned_field) {
    *low = up <= 0 ? kMin : static_cast<int64_t>(static_cast<uint64_t>(up) ^ (uint64_t{1} << 63));
  } else {
    *low = up < -limit ? kMin : static_cast<int64_t>(up);
  }
  return true;
}

bool upper_integer(const Number& number, bool inclusive, bool is_unsigned_field, int64_t* high) {
  if (number.is_integer) {
    int64_t value = number.integer;
    if (is_unsigned_field) {
      if (!number.is_unsigned && value < 0) return false;
      value = static_cast<int64_t>(static_cast<uint64_t>(value) ^ (uint64_t{1} << 63));
    } else if (number.is_unsigned) {
      return *high = kMax, true;
    }
    if (inclusive) return *high = value, true;
    if (value == kMin) return false;
    return *high = value - 1, true;
  }
  const double down = std::floor(number.real) == number.real ? number.real - (inclusive ? 0 : 1) : std::floor(number.real);
  const double limit = is_unsigned_field ? 18446744073709551616.0 : 9223372036854775808.0;
  if (std::isnan(down)) return false;
  if (is_unsigned_field) {
    if (down < 0) return false;
    *high = down >= limit ? kMax : static_cast<int64_t>(static_cast<uint64_t>(down) ^ (uint64_t{1} << 63));
  } else {
    if (down < -limit) return false;
    *high = down >= limit ? kMax : static_cast<int64_t>(down);
  }
  return true;
}

int64_t saturated(double value) {
  if (value >= 9223372036854775807.0) return kMax;
  if (value <= -9223372036854775808.0) return kMin;
  return static_cast<int64_t>(value);
}

Result<EncodedRange> encode_number_range(const MappedField& field, const RangeBound& lower, const RangeBound& upper) {
  const bool floating = index::is_floating(field.type);
  const bool is_unsigned_field = field.type == FieldType::kUnsignedLong;
  EncodedRange range{kMin, kMax};
  if (lower.value.exists() && !lower.value.is_null()) {
    ASSIGN_OR_RETURN(const Number number, read_number(field, lower.value));
    if (field.type == FieldType::kScaledFloat) {
      const double scaled = number.real * field.scaling_factor;
      range.low = saturated(std::ceil(lower.inclusive ? scaled : std::nextafter(scaled, HUGE_VAL)));
    } else if (floating) {
      range.low = index::encode_sortable(round_to_type(field.type, number.real)) + (lower.inclusive ? 0 : 1);
    } else if (!lower_integer(number, lower.inclusive, is_unsigned_field, &range.low)) {
      return kNothing;
    }
  }
  if (upper.value.exists() && !upper.value.is_null()) {
    ASSIGN_OR_RETURN(const Number number, read_number(field, upper.value));
    if (field.type == FieldType::kScaledFloat) {
      const double scaled = number.real * field.scaling_factor;
      range.high = saturated(std::floor(upper.inclusive ? scaled : std::nextafter(scaled, -HUGE_VAL)));
    } else if (floating) {
      range.high = index::encode_sortable(round_to_type(field.type, number.real)) - (upper.inclusive ? 0 : 1);
    } else if (!upper_integer(number, upper.inclusive, is_unsigned_field, &range.high)) {
      return kNothing;
    }
  }
  return range;
}

/// Milliseconds east of UTC of "+01:00", "-0800", "Z", "UTC", "GMT".
Result<int64_t> parse_zone(std::string_view zone) {
  if (zone.empty() || zone == "Z" || zone == "UTC" || zone == "GMT" || zone == "utc") return int64_t{0};
  std::string digits;
  for (const char c : zone.substr(1)) {
    if (c != ':') digits += c;
  }
  const bool signed_zone = zone.front() == '+' || zone.front() == '-';
  int32_t number = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (!signed_zone || error != std::errc() || stop != digits.data() + digits.size() || (digits.size() != 2 && digits.size() != 4)) {
    return Error(ErrorCode::kIllegalArgument, "[range] time_zone [{}] is not supported: give an offset such as [+01:00]", zone);
  }
  const int32_t minutes = digits.size() == 2 ? number * 60 : number / 100 * 60 + number % 100;
  return int64_t{minutes} * 60'000 * (zone.front() == '-' ? -1 : 1);
}

/// Whether a date text says its own zone, or is anchored to `now`, so that `time_zone` does not shift it.
bool has_own_zone(std::string_view text) {
  if (text.starts_with("now")) return true;
  const size_t time = text.find('T');
  if (time == std::string_view::npos) return false;
  return text.find_first_of("Z+-", time) != std::string_view::npos;
}

Result<int64_t> parse_date_bound(const MappedField& field, JsonValue value, std::string_view format, std::string_view zone,
                                 int64_t now_ms, index::DateRounding rounding) {
  const std::string text = scalar_text(value);
  const std::string_view used_format = format.empty() ? std::string_view(field.format) : format;
  int64_t offset_ms = 0;
  if (!zone.empty() && value.is_string() && !has_own_zone(text)) {
    ASSIGN_OR_RETURN(offset_ms, parse_zone(zone));
  }
  if (field.type == FieldType::kDateNanos) {
    Result<int64_t> ns = index::parse_date_nanos(text, used_format, now_ms, rounding);
    if (ns) return *ns - offset_ms * 1'000'000;
    // A bound outside of what the field can hold is one before or after everything.
    if (ns.error().reason().starts_with("date["))
      return ns.error().reason().find("before the epoch") != std::string::npos ? kMin / 2 : kMax / 2;
    return ns;
  }
  ASSIGN_OR_RETURN(const int64_t ms, index::parse_date(text, used_format, now_ms, rounding));
  return ms - offset_ms;
}

Result<EncodedRange> encode_date_range(const MappedField& field, const RangeBound& lower, const RangeBound& upper,
                                       std::string_view format, std::string_view time_zone, int64_t now_ms) {
  using index::DateRounding;
  EncodedRange range{kMin, kMax};
  if (lower.value.exists() && !lower.value.is_null()) {
    ASSIGN_OR_RETURN(range.low, parse_date_bound(field, lower.value, format, time_zone, now_ms,
                                                 lower.inclusive ? DateRounding::kDown : DateRounding::kUp));
    if (!lower.inclusive) ++range.low;
  }
  if (upper.value.exists() && !upper.value.is_null()) {
    ASSIGN_OR_RETURN(range.high, parse_date_bound(field, upper.value, format, time_zone, now_ms,
                                                  upper.inclusive ? DateRounding::kUp : DateRounding::kDown));
    if (!upper.inclusive) --range.high;
  }
  return range;
}

Result<EncodedRange> encode_boolean_range(const RangeBound& lower, const RangeBound& upper) {
  EncodedRange range{0, 1};
  if (lower.value.exists() && !lower.value.is_null()) {
    ASSIGN_OR_RETURN(const bool value, parse_boolean_term(lower.value));
    range.low = (value ? 1 : 0) + (lower.inclusive ? 0 : 1);
  }
  if (upper.value.exists() && !upper.value.is_null()) {
    ASSIGN_OR_RETURN(const bool value, parse_boolean_term(upper.value));
    range.high = (value ? 1 : 0) - (upper.inclusive ? 0 : 1);
  }
  return range;
}

}  // namespace

Result<bool> parse_boolean_term(JsonValue value) {
  if (value.is_bool()) return value.as_bool();
  const std::string text = scalar_text(value);
  if (text == "true") return true;
  if (text == "false" || text.empty()) return false;
  return Error(ErrorCode::kIllegalArgument, "Can't parse boolean value [{}], expected [true] or [false]", text);
}

Result<std::optional<EncodedRange>> encode_term(const MappedField& field, JsonValue value, int64_t now_ms) {
  if (field.type == FieldType::kBoolean) {
    ASSIGN_OR_RETURN(const bool truth, parse_boolean_term(value));
    return std::optional(EncodedRange{truth ? 1 : 0, truth ? 1 : 0});
  }
  const RangeBound bound{value, true};
  if (index::is_date(field.type)) {
    ASSIGN_OR_RETURN(const EncodedRange range, encode_date_range(field, bound, bound, {}, {}, now_ms));
    return std::optional(range);
  }
  if (field.type == FieldType::kScaledFloat) {
    ASSIGN_OR_RETURN(const Number number, read_number(field, value));
    const int64_t scaled = saturated(std::round(number.real * field.scaling_factor));
    return std::optional(EncodedRange{scaled, scaled});
  }
  ASSIGN_OR_RETURN(const EncodedRange range, encode_number_range(field, bound, bound));
  const EncodedRange limits = integer_limits(field.type);
  if (range.low > range.high || range.high < limits.low || range.low > limits.high) return std::optional<EncodedRange>();
  return std::optional(range);
}

Result<EncodedRange> encode_range(const MappedField& field, const RangeBound& lower, const RangeBound& upper,
                                  std::string_view format, std::string_view time_zone, int64_t now_ms) {
  if (index::is_date(field.type)) return encode_date_range(field, lower, upper, format, time_zone, now_ms);
  if (field.type == FieldType::kBoolean) return encode_boolean_range(lower, upper);
  return encode_number_range(field, lower, upper);
}

}  // namespace selene::search
