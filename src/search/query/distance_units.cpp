#include "search/query/distance_units.h"

#include <charconv>

namespace selene::search {

base::Result<double> parse_distance_meters(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return base::Error(base::ErrorCode::kNumberFormat, "For input string: \"{}\"", text);
  std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  constexpr std::pair<std::string_view, double> kUnits[] = {
      {"", 1},
      {"m", 1},
      {"meters", 1},
      {"km", 1000},
      {"kilometers", 1000},
      {"cm", 0.01},
      {"centimeters", 0.01},
      {"mm", 0.001},
      {"millimeters", 0.001},
      {"mi", 1609.344},
      {"miles", 1609.344},
      {"yd", 0.9144},
      {"yards", 0.9144},
      {"ft", 0.3048},
      {"feet", 0.3048},
      {"in", 0.0254},
      {"inch", 0.0254},
      {"nmi", 1852},
      {"NM", 1852},
      {"nauticalmiles", 1852},
  };
  for (const auto& [name, meters] : kUnits) {
    if (name == unit) return number * meters;
  }
  return base::Error(base::ErrorCode::kIllegalArgument, "No distance unit match [{}]", unit);
}

}  // namespace selene::search
