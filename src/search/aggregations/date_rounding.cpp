#include "search/aggregations/date_rounding.h"

#include <utility>

#include "base/time_value.h"
#include "index/mapping/calendar.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::Result;
using index::floor_div;
using index::kMsPerDay;

namespace {

/// Months since year 0, of local ms.
int64_t month_number(int64_t local_ms) {
  const index::CivilDate date = index::civil_from_days(floor_div(local_ms, kMsPerDay));
  return date.year * 12 + date.month - 1;
}

int64_t ms_of_month(int64_t number) {
  const int64_t year = floor_div(number, 12);
  return index::days_from_civil(year, static_cast<int32_t>(number - year * 12) + 1, 1) * kMsPerDay;
}

}  // namespace

Result<DateRounding> DateRounding::calendar(std::string_view interval) {
  constexpr std::pair<std::string_view, Unit> kUnits[] = {
      {"year", Unit::kYear},     {"1y", Unit::kYear},   {"quarter", Unit::kQuarter}, {"1q", Unit::kQuarter},
      {"month", Unit::kMonth},   {"1M", Unit::kMonth},  {"week", Unit::kWeek},       {"1w", Unit::kWeek},
      {"day", Unit::kDay},       {"1d", Unit::kDay},    {"hour", Unit::kHour},       {"1h", Unit::kHour},
      {"minute", Unit::kMinute}, {"1m", Unit::kMinute}, {"second", Unit::kSecond},   {"1s", Unit::kSecond}};
  for (const auto& [name, unit] : kUnits) {
    if (name != interval) continue;
    DateRounding rounding;
    rounding.unit_ = unit;
    if (unit == Unit::kSecond) rounding.step_ms_ = index::kMsPerSecond;
    if (unit == Unit::kMinute) rounding.step_ms_ = index::kMsPerMinute;
    if (unit == Unit::kHour) rounding.step_ms_ = index::kMsPerHour;
    return rounding;
  }
  return Error(ErrorCode::kIllegalArgument, "The supplied interval [{}] could not be parsed as a calendar interval.", interval);
}

Result<DateRounding> DateRounding::fixed(std::string_view interval) {
  DateRounding rounding;
  rounding.unit_ = Unit::kFixed;
  // Months are upper case; elsewhere the case of units does not matter, here it would turn 1M into a minute.
  if (interval.ends_with('M')) {
    return Error(ErrorCode::kIllegalArgument,
                 "failed to parse setting [date_histogram.fixedInterval] with value [{}] as a time value: unit is missing or "
                 "unrecognized",
                 interval);
  }
  ASSIGN_OR_RETURN(rounding.step_ms_, base::parse_time_value_ms(interval, "date_histogram.fixedInterval"));
  if (rounding.step_ms_ < 1) return Error(ErrorCode::kIllegalArgument, "Zero or negative time interval not supported");
  return rounding;
}

int64_t DateRounding::local_floor(int64_t local_ms) const {
  if (step_ms_ > 0) return floor_div(local_ms, step_ms_) * step_ms_;
  const int64_t days = floor_div(local_ms, kMsPerDay);
  switch (unit_) {
    case Unit::kWeek: return (days - (index::iso_weekday(days) - 1)) * kMsPerDay;
    case Unit::kMonth: return ms_of_month(month_number(local_ms));
    case Unit::kQuarter: return ms_of_month(floor_div(month_number(local_ms), 3) * 3);
    case Unit::kYear: return ms_of_month(floor_div(month_number(local_ms), 12) * 12);
    default: return days * kMsPerDay;
  }
}

int64_t DateRounding::round_without_offset(int64_t utc_ms) const {
  if (zone_.is_utc()) return local_floor(utc_ms);
  const int64_t offset = zone_.offset_ms(utc_ms);
  const int64_t floor = local_floor(utc_ms + offset);
  // An interval that starts under the same offset is told by it: an hour that the clocks show twice is two intervals.
  if (zone_.offset_ms(floor - offset) == offset) return floor - offset;
  return zone_.to_utc(floor);
}

int64_t DateRounding::next_without_offset(int64_t start_ms) const {
  if (unit_ == Unit::kFixed) {
    const int64_t next = zone_.to_utc(zone_.to_local(start_ms) + step_ms_);
    return next > start_ms ? next : start_ms + step_ms_;
  }
  if (step_ms_ > 0) {
    const int64_t next = zone_.is_utc() ? start_ms + step_ms_ : round_without_offset(start_ms + step_ms_);
    return next > start_ms ? next : start_ms + step_ms_;
  }
  const int64_t local = zone_.to_local(start_ms);
  const int64_t days = floor_div(local, kMsPerDay);
  switch (unit_) {
    case Unit::kWeek: return zone_.to_utc((days + 7) * kMsPerDay);
    case Unit::kMonth: return zone_.to_utc(ms_of_month(month_number(local) + 1));
    case Unit::kQuarter: return zone_.to_utc(ms_of_month(month_number(local) + 3));
    case Unit::kYear: return zone_.to_utc(ms_of_month(month_number(local) + 12));
    default: return zone_.to_utc((days + 1) * kMsPerDay);
  }
}

}  // namespace selene::search
