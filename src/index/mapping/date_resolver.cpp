#include <unicode/timezone.h>

#include "index/mapping/calendar.h"
#include "index/mapping/date_pattern.h"

namespace selene::index {
namespace {

bool in_range(const std::optional<int64_t>& value, int64_t low, int64_t high) {
  return !value || (*value >= low && *value <= high);
}

bool fields_in_range(const DateFields& fields) {
  struct Range {
    DateField field;
    int64_t low;
    int64_t high;
  };
  constexpr Range kRanges[] = {
      {DateField::kYear, -999'999'999, 999'999'999},
      {DateField::kMonth, 1, 12},
      {DateField::kDay, 1, 31},
      {DateField::kDayOfYear, 1, 366},
      {DateField::kWeek, 1, 53},
      {DateField::kWeekday, 1, 7},
      {DateField::kWeekYear, -999'999'999, 999'999'999},
      {DateField::kHour, 0, 23},
      {DateField::kHourFrom1, 1, 24},
      {DateField::kHour12, 0, 11},
      {DateField::kHour12From1, 1, 12},
      {DateField::kAmPm, 0, 1},
      {DateField::kMinute, 0, 59},
      {DateField::kSecond, 0, 59},
      {DateField::kNano, 0, 999'999'999},
      {DateField::kMilliOfDay, 0, kMsPerDay - 1},
      {DateField::kOffsetSeconds, -18 * 3600, 18 * 3600},
  };
  for (const Range& range : kRanges) {
    if (!in_range(fields[range.field], range.low, range.high)) return false;
  }
  return true;
}

std::optional<int64_t> resolve_day(const DateFields& fields) {
  if (fields[DateField::kWeekYear]) {
    const int64_t week_year = *fields[DateField::kWeekYear];
    const int64_t week = fields[DateField::kWeek].value_or(1);
    const int64_t monday = first_monday_of_week_year(week_year) + (week - 1) * 7;
    if (week == 53 && monday >= first_monday_of_week_year(week_year + 1)) return std::nullopt;
    return monday + fields[DateField::kWeekday].value_or(1) - 1;
  }
  const int64_t year = fields[DateField::kYear].value_or(1970);
  if (fields[DateField::kDayOfYear]) {
    if (*fields[DateField::kDayOfYear] == 366 && !is_leap_year(year)) return std::nullopt;
    return days_from_civil(year, 1, 1) + *fields[DateField::kDayOfYear] - 1;
  }
  const auto month = static_cast<int32_t>(fields[DateField::kMonth].value_or(1));
  const int64_t day = fields[DateField::kDay].value_or(1);
  if (day > days_in_month(year, month)) return std::nullopt;
  const int64_t days = days_from_civil(year, month, day);
  const auto& weekday = fields[DateField::kWeekday];
  if (weekday && fields[DateField::kDay] && *weekday != iso_weekday(days)) return std::nullopt;
  return days;
}

std::optional<int64_t> resolve_hour(const DateFields& fields) {
  if (fields[DateField::kHour]) return *fields[DateField::kHour];
  if (fields[DateField::kHourFrom1]) return *fields[DateField::kHourFrom1] % 24;
  std::optional<int64_t> half_day_hour = fields[DateField::kHour12];
  if (fields[DateField::kHour12From1]) half_day_hour = *fields[DateField::kHour12From1] % 12;
  if (!half_day_hour) return std::nullopt;
  return *half_day_hour + 12 * fields[DateField::kAmPm].value_or(0);
}

int64_t resolve_time_ms(const DateFields& fields, DateRounding rounding) {
  if (fields[DateField::kMilliOfDay]) return *fields[DateField::kMilliOfDay];
  const bool up = rounding == DateRounding::kUp;
  const int64_t hour = resolve_hour(fields).value_or(up ? 23 : 0);
  const int64_t minute = fields[DateField::kMinute].value_or(up ? 59 : 0);
  const int64_t second = fields[DateField::kSecond].value_or(up ? 59 : 0);
  const int64_t nano = fields[DateField::kNano].value_or(up ? 999'999'999 : 0);
  return hour * kMsPerHour + minute * kMsPerMinute + second * kMsPerSecond + nano / 1'000'000;
}

int32_t sub_ms_nanos(const DateFields& fields, DateRounding rounding) {
  if (fields[DateField::kMilliOfDay]) return 0;
  return static_cast<int32_t>(fields[DateField::kNano].value_or(rounding == DateRounding::kUp ? 999'999'999 : 0) % 1'000'000);
}

std::optional<int64_t> region_offset_ms(const std::string& zone_id, int64_t local_ms) {
  const std::unique_ptr<icu::TimeZone> zone(icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(zone_id)));
  if (zone == nullptr || *zone == icu::TimeZone::getUnknown()) return std::nullopt;
  int32_t raw = 0;
  int32_t daylight = 0;
  UErrorCode error = U_ZERO_ERROR;
  zone->getOffset(static_cast<UDate>(local_ms), true, raw, daylight, error);
  if (U_FAILURE(error)) return std::nullopt;
  return int64_t{raw} + daylight;
}

}  // namespace

std::optional<DateInstant> resolve_date(const DateFields& fields, DateRounding rounding) {
  if (!fields_in_range(fields)) return std::nullopt;
  const auto day = resolve_day(fields);
  // 292 million years: what a long of milliseconds holds
  if (!day || *day > 106'000'000'000 || *day < -106'000'000'000) return std::nullopt;
  const int64_t local_ms = *day * kMsPerDay + resolve_time_ms(fields, rounding);
  if (!fields.zone_id.empty()) {
    const auto offset = region_offset_ms(fields.zone_id, local_ms);
    if (!offset) return std::nullopt;
    return DateInstant{local_ms - *offset, sub_ms_nanos(fields, rounding), static_cast<int32_t>(*offset / kMsPerSecond)};
  }
  const std::optional<int64_t> offset = fields[DateField::kOffsetSeconds];
  DateInstant instant{local_ms - offset.value_or(0) * kMsPerSecond, sub_ms_nanos(fields, rounding)};
  if (offset) instant.offset_seconds = static_cast<int32_t>(*offset);
  return instant;
}

}  // namespace selene::index
