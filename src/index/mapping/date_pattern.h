#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "index/mapping/date_format.h"

namespace selene::index {

enum class DateField : uint8_t {
  kYear,
  kMonth,
  kDay,
  kDayOfYear,
  kWeekYear,
  kWeek,
  kWeekday,
  kHour,
  kHour12,
  kHour12From1,
  kHourFrom1,
  kAmPm,
  kMinute,
  kSecond,
  kNano,
  kMilliOfDay,
  kOffsetSeconds,
};
inline constexpr size_t kNumDateFields = static_cast<size_t>(DateField::kOffsetSeconds) + 1;

/// What a text said, before it is a moment.
struct DateFields {
  std::array<std::optional<int64_t>, kNumDateFields> values;
  std::string zone_id;  ///< region, if the text named one

  std::optional<int64_t>& operator[](DateField field) { return values[static_cast<size_t>(field)]; }
  const std::optional<int64_t>& operator[](DateField field) const { return values[static_cast<size_t>(field)]; }
};

/// None if a field is out of its range or the day does not exist.
std::optional<DateInstant> resolve_date(const DateFields& fields, DateRounding rounding);

/// One alternative of a date format. Immutable, thread-safe.
class DatePattern {
 public:
  virtual ~DatePattern() = default;
  /// On failure `failed_at` is where the text stopped to fit.
  virtual std::optional<DateInstant> parse(std::string_view text, DateRounding rounding, size_t& failed_at) const = 0;
  virtual std::string print(DateInstant instant) const = 0;
};

/// A java.time pattern: letters u y M d D H h k K m s S n A a E e w Y x X Z z V, '...' literals, [...] optional parts, and two
/// letters of our own for the built-in formats: f is a point or comma with 1 to 9 digits behind it, J any offset or zone.
/// `lenient`: two-digit fields take one digit as well. Errors: kIllegalArgument.
enum class Leniency : uint8_t { kStrict, kLenient };
base::Result<std::shared_ptr<const DatePattern>> compile_date_pattern(std::string_view pattern, Leniency leniency);
/// Seconds or milliseconds since the epoch, with a decimal fraction.
std::shared_ptr<const DatePattern> epoch_pattern(int64_t ms_per_unit);
/// The pattern of a built-in name; empty if there is none. `strict_` names give kStrict.
std::string_view named_date_pattern(std::string_view name, Leniency& leniency);

}  // namespace selene::index
