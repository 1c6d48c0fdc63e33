#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "search/aggregations/time_zone.h"

namespace selene::search {

/// Rounds moments (ms since the epoch) down to the start of an interval as a zone's clocks show it.
class DateRounding {
 public:
  /// `1d`, `day`, `M`, ... Errors: kIllegalArgument `The supplied interval [2d] could not be parsed as a calendar interval.`
  static base::Result<DateRounding> calendar(std::string_view interval);
  /// `90s`, `2d`, ... Errors: kIllegalArgument.
  static base::Result<DateRounding> fixed(std::string_view interval);

  void set_zone(TimeZone zone) { zone_ = std::move(zone); }
  void set_offset_ms(int64_t offset_ms) { offset_ms_ = offset_ms; }
  const TimeZone& zone() const { return zone_; }

  int64_t round(int64_t utc_ms) const { return round_without_offset(utc_ms - offset_ms_) + offset_ms_; }
  /// The start of the interval behind the one that starts at `start_ms`.
  int64_t next(int64_t start_ms) const { return next_without_offset(start_ms - offset_ms_) + offset_ms_; }

 private:
  enum class Unit : uint8_t { kFixed, kSecond, kMinute, kHour, kDay, kWeek, kMonth, kQuarter, kYear };
  int64_t round_without_offset(int64_t utc_ms) const;
  int64_t next_without_offset(int64_t start_ms) const;
  int64_t local_floor(int64_t local_ms) const;

  Unit unit_ = Unit::kDay;
  int64_t step_ms_ = 0;  ///< of kFixed and of units below a day
  int64_t offset_ms_ = 0;
  TimeZone zone_;
};

}  // namespace selene::search
