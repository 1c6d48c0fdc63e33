#include "index/mapping/date_format.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "index/mapping/calendar.h"

namespace selene::index {
namespace {

constexpr std::string_view kDefault = "strict_date_optional_time||epoch_millis";
constexpr std::string_view kIso = "strict_date_optional_time";
constexpr int64_t kNow = 1700000000000;  // 2023-11-14T22:13:20Z, a Tuesday

/// The moment in ISO form, or "error".
std::string moment(std::string_view text, std::string_view format, DateRounding rounding = DateRounding::kDown) {
  const auto ms = parse_date(text, format, kNow, rounding);
  return ms ? format_date(*ms, kIso) : "error";
}

TEST(CalendarTest, DaysAndDatesAreInverse) {
  rc::check("for a million years", [] {
    const auto days = *rc::gen::inRange<int64_t>(-200'000'000, 200'000'000);
    const CivilDate date = civil_from_days(days);
    RC_ASSERT(days_from_civil(date.year, date.month, date.day) == days);
    RC_ASSERT(date.day >= 1 && date.day <= days_in_month(date.year, date.month));
  });
  EXPECT_EQ(days_from_civil(1970, 1, 1), 0);
  EXPECT_EQ(iso_weekday(0), 4);
}

TEST(DateFormatTest, StrictDateOptionalTime) {
  const std::pair<const char*, const char*> kCases[] = {
      {"2014", "2014-01-01T00:00:00.000Z"},
      {"2014-11", "2014-11-01T00:00:00.000Z"},
      {"2014-11-27", "2014-11-27T00:00:00.000Z"},
      {"2014-11-27T08", "2014-11-27T08:00:00.000Z"},
      {"2014-11-27T08:05", "2014-11-27T08:05:00.000Z"},
      {"2014-11-27T08:05:32", "2014-11-27T08:05:32.000Z"},
      {"2014-11-27T08:05:32.123456789", "2014-11-27T08:05:32.123Z"},
      {"2014-11-27T08:05:32,5Z", "2014-11-27T08:05:32.500Z"},
      {"2014-11-27T08:05+01:00", "2014-11-27T07:05:00.000Z"},
      {"2014-11-27T08:05-0530", "2014-11-27T13:35:00.000Z"},
      {"2014-11-27T08+02", "2014-11-27T06:00:00.000Z"},
      {"2014-07-01T12:00:00Europe/Berlin", "2014-07-01T10:00:00.000Z"},
      {"1388534400000", "2014-01-01T00:00:00.000Z"},
      {"-1", "1969-12-31T23:59:59.999Z"},
      {"2024-02-29", "2024-02-29T00:00:00.000Z"},
      {"0001-01-01", "0001-01-01T00:00:00.000Z"},
      {"2023-02-29", "error"},
      {"2014-1-1", "error"},
      {"2014-13-01", "error"},
      {"2014-01-32", "error"},
      {"2014-01-01T24:00", "error"},
      {"2014-01-01T00:60", "error"},
      {"2014-01-01 10:00", "error"},
      {"14-01-01", "error"},
      {"x", "error"},
      {"2014-01-01T10:00:00+25:00", "error"},
      {"2014-01-01T10:00:00Nowhere/Land", "error"},
      {"99999999999999999999", "error"},
      {"20140", "1970-01-01T00:00:20.140Z"},
  };
  for (const auto& [text, expected] : kCases) EXPECT_EQ(moment(text, kDefault), expected) << text;
}

TEST(DateFormatTest, RoundingUpFillsTheTimeOfDay) {
  EXPECT_EQ(moment("2014", kDefault, DateRounding::kUp), "2014-01-01T23:59:59.999Z");
  EXPECT_EQ(moment("2014-11-27T08", kDefault, DateRounding::kUp), "2014-11-27T08:59:59.999Z");
  EXPECT_EQ(moment("2014-11-27T08:05:32", kDefault, DateRounding::kUp), "2014-11-27T08:05:32.999Z");
  EXPECT_EQ(moment("2014-11-27T08:05:32.1", kDefault, DateRounding::kUp), "2014-11-27T08:05:32.100Z");
  EXPECT_EQ(moment("1388534400", "epoch_second", DateRounding::kUp), "2014-01-01T00:00:00.999Z");
}

TEST(DateFormatTest, NamedAndCustomPatterns) {
  struct Case {
    const char* text;
    const char* format;
    const char* expected;
  };
  const Case kCases[] = {
      {"2014-1-2", "date", "2014-01-02T00:00:00.000Z"},
      {"2014-1-2", "strict_date", "error"},
      {"20140102", "basic_date", "2014-01-02T00:00:00.000Z"},
      {"20140102T030405.006Z", "basic_date_time", "2014-01-02T03:04:05.006Z"},
      {"2014-01-02T03:04:05.006+01:00", "strict_date_time", "2014-01-02T02:04:05.006Z"},
      {"2014-01-02T03:04:05Z", "strict_date_time", "error"},
      {"2014-01-02T03:04:05Z", "date_time_no_millis", "2014-01-02T03:04:05.000Z"},
      {"2014-033", "ordinal_date", "2014-02-02T00:00:00.000Z"},
      {"2014-W01-1", "week_date", "2013-12-30T00:00:00.000Z"},
      {"03:04:05", "hour_minute_second", "1970-01-01T03:04:05.000Z"},
      {"1388534400", "epoch_second", "2014-01-01T00:00:00.000Z"},
      {"1388534400.5", "epoch_second", "2014-01-01T00:00:00.500Z"},
      {"2014-01-02 03:04:05", "yyyy-MM-dd HH:mm:ss", "2014-01-02T03:04:05.000Z"},
      {"2014-01-02 03:04:05", "yyyy-MM-dd HH:mm:ss||yyyy", "2014-01-02T03:04:05.000Z"},
      {"2014", "yyyy-MM-dd HH:mm:ss||yyyy", "2014-01-01T00:00:00.000Z"},
      {"2/3/2014", "d/M/yyyy", "2014-03-02T00:00:00.000Z"},
      {"02/03/14", "MM/dd/yy", "2014-02-03T00:00:00.000Z"},
      {"3 Mar 2014 1:05 PM", "d MMM yyyy h:mm a", "2014-03-03T13:05:00.000Z"},
      {"Mon, 3 March 2014", "EEE, d MMMM yyyy", "2014-03-03T00:00:00.000Z"},
      {"Tue, 3 March 2014", "EEE, d MMMM yyyy", "error"},
      {"2014-01-02T03:04:05.12", "yyyy-MM-dd'T'HH:mm:ss.SS", "2014-01-02T03:04:05.120Z"},
      {"2014-01-02T03:04:05+0100", "yyyy-MM-dd'T'HH:mm:ssZ", "2014-01-02T02:04:05.000Z"},
      {"2014-01-02T03:04:05Z", "yyyy-MM-dd'T'HH:mm:ssX", "2014-01-02T03:04:05.000Z"},
      {"20140102030405", "yyyyMMddHHmmss", "2014-01-02T03:04:05.000Z"},
      {"2014/01/02 03:04:05 +0000", "yyyy/MM/dd HH:mm:ss Z", "2014-01-02T03:04:05.000Z"},
      {"09/25/2015", "MM/dd/yyyy||MM/dd/yyyy[ ]", "2015-09-25T00:00:00.000Z"},
      {"09/25/2015 ", "MM/dd/yyyy||MM/dd/yyyy[ ]", "2015-09-25T00:00:00.000Z"},
      {"20140", "yyyy", "error"},
  };
  for (const Case& c : kCases) EXPECT_EQ(moment(c.text, c.format), c.expected) << c.text << " " << c.format;
}

TEST(DateFormatTest, Prints) {
  const int64_t ms = 1388631845006;  // 2014-01-02T03:04:05.006Z
  EXPECT_EQ(format_date(ms, kDefault), "2014-01-02T03:04:05.006Z");
  EXPECT_EQ(format_date(ms, "yyyy-MM-dd HH:mm:ss.SSS"), "2014-01-02 03:04:05.006");
  EXPECT_EQ(format_date(ms, "d MMM yy, h a"), "2 Jan 14, 3 AM");
  EXPECT_EQ(format_date(ms, "epoch_millis"), "1388631845006");
  EXPECT_EQ(format_date(ms, "epoch_second"), "1388631845.006");
  EXPECT_EQ(format_date(ms, "week_date"), "2014-W01-4");
  EXPECT_EQ(format_date(-1, kIso), "1969-12-31T23:59:59.999Z");
}

TEST(DateFormatTest, PrintingAndParsingAreInverse) {
  rc::check("for every named format with full precision", [] {
    const auto ms = *rc::gen::inRange<int64_t>(-60'000'000'000'000, 200'000'000'000'000);
    for (const std::string_view format :
         {"strict_date_optional_time", "basic_date_time", "date_time", "ordinal_date_time", "week_date_time", "epoch_millis"}) {
      const auto parsed = parse_date(format_date(ms, format), format, 0, DateRounding::kDown);
      RC_ASSERT(parsed.has_value());
      RC_ASSERT(*parsed == ms);
    }
  });
}

TEST(DateFormatTest, BadPatternsAndHostileTexts) {
  for (const char* pattern : {"", "rr", "yyyy-'MM", "yyyy]", "yyyy||", "{}", "SSSSSSSSSS"})
    EXPECT_FALSE(DateFormat::compile(pattern)) << pattern;
  EXPECT_FALSE(DateFormat::compile(std::string(2000, 'y')));
  EXPECT_FALSE(DateFormat::compile(std::string(500, '[') + "y"));
  rc::check("any text on any format", [] {
    const auto text = *rc::gen::container<std::string>(
        rc::gen::element('2', '0', '9', '-', ':', 'T', '.', '+', 'Z', '|', '/', 'd', 'n', 'o', 'w', 'M', ' '));
    for (const std::string_view format :
         {"strict_date_optional_time||epoch_millis", "yyyyMMdd", "d MMM yyyy", "epoch_second", "week_date_time"}) {
      (void)parse_date(text, format, kNow, DateRounding::kUp);
    }
  });
}

TEST(DateMathTest, AddsRoundsAndAnchors) {
  const std::pair<const char*, const char*> kDown[] = {
      {"now", "2023-11-14T22:13:20.000Z"},
      {"now-1d", "2023-11-13T22:13:20.000Z"},
      {"now/d", "2023-11-14T00:00:00.000Z"},
      {"now/w", "2023-11-13T00:00:00.000Z"},
      {"now/M", "2023-11-01T00:00:00.000Z"},
      {"now/y", "2023-01-01T00:00:00.000Z"},
      {"now/h", "2023-11-14T22:00:00.000Z"},
      {"now+1M-2h/m", "2023-12-14T20:13:00.000Z"},
      {"2014-01-31||+1M", "2014-02-28T00:00:00.000Z"},
      {"2012-02-29||+1y", "2013-02-28T00:00:00.000Z"},
      {"2014-11-18||/M+1d", "2014-11-02T00:00:00.000Z"},
      {"now-d", "2023-11-13T22:13:20.000Z"},
      {"now*1d", "error"},
      {"now+1x", "error"},
      {"now/2d", "error"},
      {"now+", "error"},
      {"now+5", "error"},
      {"now+99999999999d", "error"},
      {"2014||", "2014-01-01T00:00:00.000Z"},
      {"x||+1d", "error"},
      {"now+2147483647y+2147483647y", "error"},
  };
  for (const auto& [text, expected] : kDown) EXPECT_EQ(moment(text, kDefault), expected) << text;
  EXPECT_EQ(moment("now/d", kDefault, DateRounding::kUp), "2023-11-14T23:59:59.999Z");
  EXPECT_EQ(moment("2014-11-18||/M", kDefault, DateRounding::kUp), "2014-11-30T23:59:59.999Z");
}

TEST(DateMathTest, ErrorsCarryTheirCauses) {
  const auto error = parse_date("x", kDefault, kNow, DateRounding::kDown).error();
  EXPECT_EQ(error.code(), base::ErrorCode::kParse);
  EXPECT_EQ(error.reason(),
            "failed to parse date field [x] with format [strict_date_optional_time||epoch_millis]: [failed to parse date field [x] "
            "with format "
            "[strict_date_optional_time||epoch_millis]]");
  EXPECT_EQ(error.cause()->cause()->reason(), "Failed to parse with all enclosed parsers");
  EXPECT_EQ(parse_date("now+1x", kDefault, kNow, DateRounding::kDown).error().reason(),
            "unit [x] not supported for date math [+1x]");
}

}  // namespace
}  // namespace selene::index
