#pragma once

#include <cmath>
#include <cstdint>

namespace selene::index {

struct GeoPoint {
  double lat = 0;  ///< degrees, [-90, 90]
  double lon = 0;  ///< degrees, [-180, 180]
};

/// Latitude in the upper, longitude in the lower 32 bits, each in steps of 180 or 360 degrees / 2^32. Source: Lucene's
/// GeoEncodingUtils and LatLonDocValuesField.
inline int64_t encode_geo_point(GeoPoint point) {
  const auto scaled = [](double degrees, double range) {
    const double steps = std::floor(degrees / (range / 4294967296.0));
    return static_cast<int32_t>(std::fmin(steps, 2147483647.0));
  };
  return (int64_t{scaled(point.lat, 180)} << 32) | static_cast<uint32_t>(scaled(point.lon, 360));
}
inline GeoPoint decode_geo_point(int64_t encoded) {
  return {static_cast<double>(static_cast<int32_t>(encoded >> 32)) * (180 / 4294967296.0),
          static_cast<double>(static_cast<int32_t>(encoded)) * (360 / 4294967296.0)};
}

/// Meters along the great circle. Source: Lucene's SloppyMath.haversinMeters, mean earth radius 6371008.7714 m.
inline double geo_distance_meters(GeoPoint a, GeoPoint b) {
  constexpr double kRadians = 3.14159265358979323846 / 180;
  constexpr double kDiameterMeters = 2 * 6371008.7714;
  const double h1 = 1 - std::cos((a.lat - b.lat) * kRadians);
  const double h2 = 1 - std::cos((a.lon - b.lon) * kRadians);
  const double h = h1 + std::cos(a.lat * kRadians) * std::cos(b.lat * kRadians) * h2;
  return kDiameterMeters * std::asin(std::fmin(1.0, std::sqrt(h * 0.5)));
}

}  // namespace selene::index
