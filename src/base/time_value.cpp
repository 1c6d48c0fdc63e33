#include "base/time_value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace selene::base {
namespace {

struct Unit {
  std::string_view name;
  int64_t nanoseconds;
};

// Longer names first: "ms", "nanos" and "micros" end in "s" too.
constexpr std::array<Unit, 7> kUnits = {{{"micros", 1'000},
                                         {"nanos", 1},
                                         {"ms", 1'000'000},
                                         {"s", 1'000'000'000},
                                         {"m", 60'000'000'000},
                                         {"h", 3'600'000'000'000},
                                         {"d", 86'400'000'000'000}}};
constexpr int64_t kNanosecondsInMs = 1'000'000;

Error number_error(std::string_view text, std::string_view digits) {
  return Error(ErrorCode::kIllegalArgument, "failed to parse [{}]", text)
      .with_cause(Error(ErrorCode::kNumberFormat, "For input string: \"{}\"", digits));
}

}  // namespace

Result<int64_t> parse_time_value_ms(std::string_view text, std::string_view setting) {
  if (text == "-1") return -1;
  if (text == "0") return 0;
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  const auto unit = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& u) { return lower.ends_with(u.name); });
  if (unit == kUnits.end()) {
    return Error(ErrorCode::kIllegalArgument,
                 "failed to parse setting [{}] with value [{}] as a time value: unit is missing or unrecognized", setting, text);
  }
  std::string_view digits = text.substr(0, text.size() - unit->name.size());
  while (digits.ends_with(' ')) digits.remove_suffix(1);
  int64_t count = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  const bool whole = fault == std::errc() && end == digits.data() + digits.size();
  if (!whole || count < 0 || count > std::numeric_limits<int64_t>::max() / unit->nanoseconds) return number_error(text, digits);
  return count * unit->nanoseconds / kNanosecondsInMs;
}

std::string format_time_value(int64_t ms) {
  if (ms <= 0) return std::to_string(ms);
  for (auto unit = kUnits.rbegin(); unit != kUnits.rend(); ++unit) {
    const int64_t unit_ms = unit->nanoseconds / kNanosecondsInMs;
    if (unit_ms != 0 && ms % unit_ms == 0) return base::format("{}{}", ms / unit_ms, unit->name);
  }
  return base::format("{}ms", ms);
}

}  // namespace selene::base
