#include <charconv>

#include "index/mapping/calendar.h"
#include "index/mapping/date_format.h"
#include "index/mapping/document_parser.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

/// Far enough for any date, near enough that no step overflows: about 290,000 years.
constexpr int64_t kMaxMs = int64_t{1} << 53;
constexpr int64_t kMaxYear = 290'000;

int64_t add_months(int64_t ms, int64_t months) {
  const int64_t days = floor_div(ms, kMsPerDay);
  const CivilDate date = civil_from_days(days);
  const int64_t month_index = date.year * 12 + (date.month - 1) + months;
  const int64_t year = floor_div(month_index, 12);
  if (year > kMaxYear || year < -kMaxYear) return kMaxMs + 1;  // the caller refuses it
  const auto month = static_cast<int32_t>(floor_mod(month_index, 12)) + 1;
  const int32_t day = std::min(date.day, days_in_month(year, month));
  return days_from_civil(year, month, day) * kMsPerDay + floor_mod(ms, kMsPerDay);
}

/// Length of a unit that always takes equally long; 0 for months, years and what is no unit.
int64_t fixed_unit_ms(char unit) {
  switch (unit) {
    case 'w': return 7 * kMsPerDay;
    case 'd': return kMsPerDay;
    case 'h':
    case 'H': return kMsPerHour;
    case 'm': return kMsPerMinute;
    case 's': return kMsPerSecond;
    default: return 0;
  }
}

int64_t add_unit(int64_t ms, char unit, int64_t count) {
  if (unit == 'y') return add_months(ms, count * 12);
  if (unit == 'M') return add_months(ms, count);
  return ms + count * fixed_unit_ms(unit);
}

int64_t start_of_unit(int64_t ms, char unit) {
  const int64_t days = floor_div(ms, kMsPerDay);
  const CivilDate date = civil_from_days(days);
  if (unit == 'y') return days_from_civil(date.year, 1, 1) * kMsPerDay;
  if (unit == 'M') return days_from_civil(date.year, date.month, 1) * kMsPerDay;
  if (unit == 'w') return (days - (iso_weekday(days) - 1)) * kMsPerDay;
  const int64_t length = fixed_unit_ms(unit);
  return floor_div(ms, length) * length;
}

/// `+1M-2d/d` applied to `ms`.
Result<int64_t> apply_math(std::string_view math, int64_t ms, DateRounding rounding) {
  size_t pos = 0;
  const auto at_digit = [&] { return pos < math.size() && math[pos] >= '0' && math[pos] <= '9'; };
  while (pos < math.size()) {
    const char op = math[pos++];
    if (op != '/' && op != '+' && op != '-') return Error(ErrorCode::kParse, "operator not supported for date math [{}]", math);
    if (pos >= math.size()) return Error(ErrorCode::kParse, "truncated date math [{}]", math);
    int64_t count = 1;
    if (at_digit()) {
      const size_t begin = pos;
      while (at_digit()) ++pos;
      const auto [end, error] = std::from_chars(math.data() + begin, math.data() + pos, count);
      if (error != std::errc() || count > INT32_MAX) return Error(ErrorCode::kParse, "number too large in date math [{}]", math);
      if (pos >= math.size()) return Error(ErrorCode::kParse, "truncated date math [{}]", math);
    }
    if (op == '/' && count != 1) return Error(ErrorCode::kParse, "rounding `/` can only be used on single unit types [{}]", math);
    const char unit = math[pos++];
    if (unit != 'y' && unit != 'M' && fixed_unit_ms(unit) == 0)
      return Error(ErrorCode::kParse, "unit [{}] not supported for date math [{}]", unit, math);
    if (op == '/') {
      ms = start_of_unit(ms, unit);
      if (rounding == DateRounding::kUp) ms = add_unit(ms, unit, 1) - 1;
    } else {
      ms = add_unit(ms, unit, op == '-' ? -count : count);
    }
    if (ms > kMaxMs || ms < -kMaxMs) return Error(ErrorCode::kParse, "date math [{}] leaves the range of dates", math);
  }
  return ms;
}

Error wrap(Error cause, std::string_view text, std::string_view format) {
  std::string reason = base::format("failed to parse date field [{}] with format [{}]: [{}]", text, format, cause.reason());
  return Error(ErrorCode::kParse, std::move(reason)).with_cause(std::move(cause));
}

Result<int64_t> parse_moment(std::string_view text, const DateFormat& format, DateRounding rounding) {
  auto ms = format.parse(text, rounding);
  if (ms) return ms;
  return wrap(std::move(ms).error(), text, format.text());
}

}  // namespace

Result<int64_t> parse_date(std::string_view text, std::string_view format, int64_t now_ms, DateRounding rounding) {
  if (text.starts_with("now")) return apply_math(text.substr(3), now_ms, rounding);
  ASSIGN_OR_RETURN(const auto compiled, DateFormat::compile(format));
  const size_t bars = text.find("||");
  if (bars == std::string_view::npos) return parse_moment(text, *compiled, rounding);
  ASSIGN_OR_RETURN(const int64_t ms, parse_moment(text.substr(0, bars), *compiled, DateRounding::kDown));
  if (ms > kMaxMs || ms < -kMaxMs) return Error(ErrorCode::kParse, "date math [{}] leaves the range of dates", text);
  return apply_math(text.substr(bars + 2), ms, rounding);
}

Result<int64_t> parse_date_nanos(std::string_view text, std::string_view format, int64_t now_ms, DateRounding rounding) {
  DateInstant instant;
  if (text.starts_with("now") || text.find("||") != std::string_view::npos) {
    ASSIGN_OR_RETURN(instant.ms, parse_date(text, format, now_ms, rounding));
    if (rounding == DateRounding::kUp && text.find('/') != std::string_view::npos) instant.nanos = 999'999;
  } else {
    ASSIGN_OR_RETURN(const auto compiled, DateFormat::compile(format));
    auto parsed = compiled->parse_instant(text, rounding);
    if (!parsed) return wrap(std::move(parsed).error(), text, format);
    instant = *parsed;
  }
  return to_nanos(instant);
}

Result<int64_t> to_nanos(DateInstant instant) {
  constexpr int64_t kLimitMs = INT64_MAX / 1'000'000;
  if (instant.ms < 0) {
    return Error(ErrorCode::kIllegalArgument, "date[{}] is before the epoch in 1970 and cannot be stored in nanosecond resolution",
                 (*DateFormat::compile("strict_date_optional_time"))->print(instant.ms));
  }
  if (instant.ms >= kLimitMs) {
    return Error(ErrorCode::kIllegalArgument,
                 "date[{}] is after 2262-04-11T23:47:16.854775807 and cannot be stored in nanosecond resolution",
                 (*DateFormat::compile("strict_date_optional_time"))->print(instant.ms));
  }
  return instant.ms * 1'000'000 + instant.nanos;
}

std::string format_date_nanos(int64_t ns, std::string_view format) {
  const DateInstant instant{floor_div(ns, 1'000'000), static_cast<int32_t>(floor_mod(ns, 1'000'000))};
  const auto compiled = DateFormat::compile(format);
  return compiled ? (*compiled)->print_instant(instant)
                  : (*DateFormat::compile("strict_date_optional_time_nanos"))->print_instant(instant);
}

std::string format_date(int64_t ms, std::string_view format) {
  const auto compiled = DateFormat::compile(format);
  if (compiled) return (*compiled)->print(ms);
  return (*DateFormat::compile("strict_date_optional_time"))->print(ms);
}

}  // namespace selene::index
