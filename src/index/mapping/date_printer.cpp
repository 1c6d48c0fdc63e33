#include "index/mapping/date_printer.h"

#include "index/mapping/calendar.h"

namespace selene::index {
namespace {

/// The fields of a moment as the clocks of its offset show it.
DateFields split_moment(DateInstant instant) {
  const int64_t offset = instant.offset_seconds.value_or(0);
  const int64_t ms = instant.ms + offset * kMsPerSecond;
  DateFields fields;
  fields[DateField::kOffsetSeconds] = offset;
  const int64_t days = floor_div(ms, kMsPerDay);
  const int64_t time = floor_mod(ms, kMsPerDay);
  const CivilDate date = civil_from_days(days);
  fields[DateField::kYear] = date.year;
  fields[DateField::kMonth] = date.month;
  fields[DateField::kDay] = date.day;
  fields[DateField::kDayOfYear] = days - days_from_civil(date.year, 1, 1) + 1;
  int64_t week_year = date.year + 1;
  while (first_monday_of_week_year(week_year) > days) --week_year;
  fields[DateField::kWeekYear] = week_year;
  fields[DateField::kWeek] = (days - first_monday_of_week_year(week_year)) / 7 + 1;
  fields[DateField::kWeekday] = iso_weekday(days);
  const int64_t hour = time / kMsPerHour;
  fields[DateField::kHour] = hour;
  fields[DateField::kHourFrom1] = hour == 0 ? 24 : hour;
  fields[DateField::kHour12] = hour % 12;
  fields[DateField::kHour12From1] = hour % 12 == 0 ? 12 : hour % 12;
  fields[DateField::kAmPm] = hour / 12;
  fields[DateField::kMinute] = time / kMsPerMinute % 60;
  fields[DateField::kSecond] = time / kMsPerSecond % 60;
  fields[DateField::kNano] = time % kMsPerSecond * 1'000'000 + instant.nanos;
  fields[DateField::kMilliOfDay] = time;
  return fields;
}

void print_number(int64_t value, int32_t width, std::string& out) {
  if (value < 0) out += '-';
  const std::string digits = std::to_string(value < 0 ? -value : value);
  if (digits.size() < static_cast<size_t>(width)) out.append(static_cast<size_t>(width) - digits.size(), '0');
  out += digits;
}

/// `style`, `width`: letter and length of a pattern.
void print_offset(char style, int32_t width, int64_t seconds, std::string& out) {
  if (seconds == 0 && (style == 'X' || (style == 'Z' && width == 5))) {
    out += 'Z';
    return;
  }
  const bool in_words = style == 'Z' && width == 4;
  if (in_words) out += "GMT";
  if (in_words && seconds == 0) return;
  const int64_t minutes = (seconds < 0 ? -seconds : seconds) / 60;
  out += base::format("{}{:02}", seconds < 0 ? "-" : "+", minutes / 60);
  if (style != 'Z' && width == 1 && minutes % 60 == 0) return;
  out += base::format("{}{:02}", width == 3 || width == 5 || in_words ? ":" : "", minutes % 60);
}

/// Three digits at least, more as needed.
void print_fraction(int64_t nanos, std::string& out) {
  std::string digits = base::format("{:09}", nanos);
  while (digits.size() > 3 && digits.back() == '0') digits.pop_back();
  out += '.' + digits;
}

void print_elements(const std::vector<DateElement>& elements, const DateFields& fields, std::string& out) {
  for (const DateElement& element : elements) {
    const int64_t value = fields[element.field].value_or(0);
    switch (element.kind) {
      case DateElement::Kind::kLiteral: out += element.literal; break;
      case DateElement::Kind::kNumber: print_number(value, element.max_width == 19 ? 1 : element.max_width, out); break;
      case DateElement::Kind::kYear:
        if (value > 9999 && element.min_width >= 4) out += '+';
        print_number(value, element.min_width, out);
        break;
      case DateElement::Kind::kReducedYear: print_number(floor_mod(value, 100), 2, out); break;
      case DateElement::Kind::kFraction:
        out += base::format("{:09}", *fields[DateField::kNano]).substr(0, static_cast<size_t>(element.min_width));
        break;
      case DateElement::Kind::kPointFraction: print_fraction(*fields[DateField::kNano], out); break;
      case DateElement::Kind::kText:
        out += date_names(element.field)[static_cast<size_t>(value - first_date_value(element.field))];
        break;
      case DateElement::Kind::kShortText:
        out += date_names(element.field)[static_cast<size_t>(value - first_date_value(element.field))].substr(0, 3);
        break;
      case DateElement::Kind::kOffset:
        print_offset(element.style, element.min_width, *fields[DateField::kOffsetSeconds], out);
        break;
      case DateElement::Kind::kZone: print_offset('X', 3, *fields[DateField::kOffsetSeconds], out); break;
      case DateElement::Kind::kOptional: print_elements(element.optional, fields, out); break;
    }
  }
}

}  // namespace

std::string print_date(DateInstant instant, const std::vector<DateElement>& elements) {
  std::string out;
  print_elements(elements, split_moment(instant), out);
  return out;
}

}  // namespace selene::index
