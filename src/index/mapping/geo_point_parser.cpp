#include "index/mapping/geo_point_parser.h"

#include <array>

#include "base/json/json_writer.h"
#include "index/mapping/number_parsing.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

Result<double> coordinate(JsonValue value, std::string_view what) {
  if (value.is_number()) return value.as_double();
  if (value.is_string()) {
    auto parsed = parse_java_double(value.as_string());
    if (parsed) return *parsed;
    return Error(ErrorCode::kParse, "[{}] must be a valid double value", what).with_cause(std::move(parsed).error());
  }
  return Error(ErrorCode::kParse, "{} must be a number", what);
}

Result<GeoPoint> from_array(JsonValue value) {
  std::array<double, 3> numbers{};
  size_t count = 0;
  for (const JsonValue element : value.as_array()) {
    if (count == numbers.size()) return Error(ErrorCode::kParse, "[geo_point] field type does not accept more than 3 values");
    if (!element.is_number()) return Error(ErrorCode::kParse, "numeric value expected");
    numbers[count++] = element.as_double();
  }
  if (count < 2) return Error(ErrorCode::kParse, "[geo_point] needs at least two values");
  return GeoPoint{numbers[1], numbers[0]};
}

Result<GeoPoint> from_object(JsonValue value) {
  if (const JsonValue coordinates = value["coordinates"]; coordinates.exists()) {
    const JsonValue type = value["type"];
    if (!type.is_string() || (type.as_string() != "Point" && type.as_string() != "point"))
      return Error(ErrorCode::kParse, "[type] for geo_point can only be 'Point'");
    if (!coordinates.is_array()) return Error(ErrorCode::kParse, "[coordinates] must be an array");
    return from_array(coordinates);
  }
  const JsonValue hash = value["geohash"];
  if (hash.is_string()) return parse_geo_point(hash, "");
  const JsonValue lat = value["lat"];
  const JsonValue lon = value["lon"];
  if (!lat.exists() && !lon.exists()) {
    return Error(ErrorCode::kParse, "Required [lat] and [lon], [geohash], or [type] and [coordinates] fields; found none of them");
  }
  if (!lat.exists()) return Error(ErrorCode::kParse, "field [lat] missing");
  if (!lon.exists()) return Error(ErrorCode::kParse, "field [lon] missing");
  GeoPoint point;
  ASSIGN_OR_RETURN(point.lat, coordinate(lat, "lat"));
  ASSIGN_OR_RETURN(point.lon, coordinate(lon, "lon"));
  return point;
}

/// The middle of the cell. Source: Niemeyer's geohash, base 32 without a, i, l, o.
Result<GeoPoint> from_geohash(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789bcdefghjkmnpqrstuvwxyz";
  std::array<double, 2> low = {-180, -90};
  std::array<double, 2> high = {180, 90};
  size_t axis = 0;
  for (const char c : text) {
    const size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos || text.size() > 12)
      return Error(ErrorCode::kParse, "unsupported symbol [{}] in geohash [{}]", c, text);
    for (int bit = 4; bit >= 0; --bit, axis = 1 - axis) {
      const double middle = (low[axis] + high[axis]) / 2;
      ((digit >> bit) & 1 ? low : high)[axis] = middle;
    }
  }
  return GeoPoint{(low[1] + high[1]) / 2, (low[0] + high[0]) / 2};
}

Result<GeoPoint> from_text(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with("POINT") || text.starts_with("point")) {
    const size_t open = text.find('(');
    const size_t blank = text.find(' ', open == std::string_view::npos ? 0 : open);
    const size_t close = text.find(')');
    if (open == std::string_view::npos || close == std::string_view::npos || blank == std::string_view::npos || blank > close)
      return Error(ErrorCode::kParse, "Invalid WKT format [{}]", text);
    GeoPoint point;
    ASSIGN_OR_RETURN(point.lon, parse_java_double(text.substr(open + 1, blank - open - 1)));
    ASSIGN_OR_RETURN(point.lat, parse_java_double(text.substr(blank + 1, close - blank - 1)));
    return point;
  }
  const size_t comma = text.find(',');
  if (comma == std::string_view::npos) {
    if (text.empty()) return Error(ErrorCode::kParse, "empty geohash");
    return from_geohash(text);
  }
  GeoPoint point;
  const std::string_view rest = text.substr(comma + 1);
  ASSIGN_OR_RETURN(point.lat, parse_java_double(trimmed(text.substr(0, comma))));
  ASSIGN_OR_RETURN(point.lon, parse_java_double(trimmed(rest.substr(0, rest.find(',')))));
  return point;
}

Result<GeoPoint> read(JsonValue value) {
  if (value.is_string()) return from_text(value.as_string());
  if (value.is_array()) return from_array(value);
  if (value.is_object()) return from_object(value);
  return Error(ErrorCode::kParse, "geo_point expected");
}

}  // namespace

Result<GeoPoint> parse_geo_point(JsonValue value, std::string_view field) {
  ASSIGN_OR_RETURN(const GeoPoint point, read(value));
  if (!(point.lat >= -90 && point.lat <= 90))
    return Error(ErrorCode::kIllegalArgument, "illegal latitude value [{}] for {}", base::format_number(point.lat), field);
  if (!(point.lon >= -180 && point.lon <= 180))
    return Error(ErrorCode::kIllegalArgument, "illegal longitude value [{}] for {}", base::format_number(point.lon), field);
  return point;
}

}  // namespace selene::index
