#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace selene::search {

/// A zone with its changes of offset: `UTC`, `Z`, `+01:00`, or a name of the tz database. Immutable, thread-safe.
class TimeZone {
 public:
  TimeZone();  ///< UTC
  ~TimeZone();
  TimeZone(const TimeZone&);
  TimeZone& operator=(const TimeZone&);

  /// Errors: kIllegalArgument.
  static base::Result<TimeZone> parse(std::string_view id);
  bool is_utc() const { return region_ == nullptr && fixed_offset_ms_ == 0; }
  /// What the zone's clocks are ahead of UTC at that moment (ms since the epoch).
  int64_t offset_ms(int64_t utc_ms) const;
  int64_t to_local(int64_t utc_ms) const { return utc_ms + offset_ms(utc_ms); }
  /// The first moment at which the zone's clocks show `local_ms`; of a time that is skipped, the moment of the change.
  int64_t to_utc(int64_t local_ms) const;

 private:
  struct Region;
  std::shared_ptr<const Region> region_;
  int64_t fixed_offset_ms_ = 0;
};

}  // namespace selene::search
