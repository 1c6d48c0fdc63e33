#include "index/mapping/date_pattern.h"

namespace selene::index {
namespace {

struct Named {
  std::string_view name;
  std::string_view pattern;
  bool has_strict_form;
};

// The names of Elasticsearch's "Built In Formats"; strict_ goes before those that have the form.
constexpr Named kNamed[] = {
    {"basic_date", "uuuuMMdd", false},
    {"basic_date_time", "uuuuMMdd'T'HHmmssfJ", false},
    {"basic_date_time_no_millis", "uuuuMMdd'T'HHmmssJ", false},
    {"basic_ordinal_date", "uuuuDDD", false},
    {"basic_ordinal_date_time", "uuuuDDD'T'HHmmssfJ", false},
    {"basic_ordinal_date_time_no_millis", "uuuuDDD'T'HHmmssJ", false},
    {"basic_t_time", "'T'HHmmssfJ", false},
    {"basic_t_time_no_millis", "'T'HHmmssJ", false},
    {"basic_time", "HHmmssfJ", false},
    {"basic_time_no_millis", "HHmmssJ", false},
    {"basic_week_date", "YYYY'W'wwe", true},
    {"basic_week_date_time", "YYYY'W'wwe'T'HHmmssfJ", true},
    {"basic_week_date_time_no_millis", "YYYY'W'wwe'T'HHmmssJ", true},
    {"date", "uuuu-MM-dd", true},
    {"date_hour", "uuuu-MM-dd'T'HH", true},
    {"date_hour_minute", "uuuu-MM-dd'T'HH:mm", true},
    {"date_hour_minute_second", "uuuu-MM-dd'T'HH:mm:ss", true},
    {"date_hour_minute_second_fraction", "uuuu-MM-dd'T'HH:mm:ssf", true},
    {"date_hour_minute_second_millis", "uuuu-MM-dd'T'HH:mm:ssf", true},
    {"date_optional_time", "uuuu[-MM[-dd['T'[HH[:mm[:ss[f]]][J]]]]]", true},
    {"date_optional_time_nanos", "uuuu[-MM[-dd['T'[HH[:mm[:ss[f]]][J]]]]]", true},
    {"date_time", "uuuu-MM-dd'T'HH:mm:ssfJ", true},
    {"date_time_no_millis", "uuuu-MM-dd'T'HH:mm:ssJ", true},
    {"hour", "HH", true},
    {"hour_minute", "HH:mm", true},
    {"hour_minute_second", "HH:mm:ss", true},
    {"hour_minute_second_fraction", "HH:mm:ssf", true},
    {"hour_minute_second_millis", "HH:mm:ssf", true},
    {"iso8601", "uuuu[-MM[-dd['T'[HH[:mm[:ss[f]]][J]]]]]", false},
    {"ordinal_date", "uuuu-DDD", true},
    {"ordinal_date_time", "uuuu-DDD'T'HH:mm:ssfJ", true},
    {"ordinal_date_time_no_millis", "uuuu-DDD'T'HH:mm:ssJ", true},
    {"t_time", "'T'HH:mm:ssfJ", true},
    {"t_time_no_millis", "'T'HH:mm:ssJ", true},
    {"time", "HH:mm:ssfJ", true},
    {"time_no_millis", "HH:mm:ssJ", true},
    {"week_date", "YYYY-'W'ww-e", true},
    {"week_date_time", "YYYY-'W'ww-e'T'HH:mm:ssfJ", true},
    {"week_date_time_no_millis", "YYYY-'W'ww-e'T'HH:mm:ssJ", true},
    {"weekyear", "YYYY", true},
    {"weekyear_week", "YYYY-'W'ww", true},
    {"weekyear_week_day", "YYYY-'W'ww-e", true},
    {"year", "uuuu", true},
    {"year_month", "uuuu-MM", true},
    {"year_month_day", "uuuu-MM-dd", true},
};

}  // namespace

std::string_view named_date_pattern(std::string_view name, Leniency& leniency) {
  const bool strict = name.starts_with("strict_");
  if (strict) name.remove_prefix(7);
  for (const Named& named : kNamed) {
    if (named.name != name || (strict && !named.has_strict_form)) continue;
    // basic forms have no separators, so their fields have fixed widths anyway
    leniency = strict || !named.has_strict_form ? Leniency::kStrict : Leniency::kLenient;
    return named.pattern;
  }
  return {};
}

}  // namespace selene::index
