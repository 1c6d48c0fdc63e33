#include "rest/time_value.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

namespace selene::rest {

namespace {

struct Unit {
  std::string_view name;
  int64_t nanoseconds;
};
// longer names first: "ms" ends in "s" too
constexpr Unit kUnits[] = {{"nanos", 1},       {"micros", 1000},     {"ms", 1000000},      {"s", 1000000000},
                           {"m", 60000000000}, {"h", 3600000000000}, {"d", 86400000000000}};

}  // namespace

base::Result<std::chrono::milliseconds> parse_time_value(std::string_view text, std::string_view name) {
  if (text == "-1") return std::chrono::milliseconds(-1);
  if (text == "0") return std::chrono::milliseconds(0);
  for (const Unit& unit : kUnits) {
    if (!text.ends_with(unit.name)) continue;
    const std::string_view digits = text.substr(0, text.size() - unit.name.size());
    int64_t count = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (fault != std::errc() || end != digits.data() + digits.size() || count < 0 ||
        count > std::numeric_limits<int64_t>::max() / unit.nanoseconds) {
      return base::Error(base::ErrorCode::kIllegalArgument, "failed to parse [{}]", text)
          .with_cause(base::Error(base::ErrorCode::kNumberFormat, "For input string: \"{}\"", digits));
    }
    return std::chrono::milliseconds(count * unit.nanoseconds / 1000000);
  }
  return base::Error(base::ErrorCode::kIllegalArgument,
                     "failed to parse setting [{}] with value [{}] as a time value: unit is missing or unrecognized", name, text);
}

}  // namespace selene::rest
