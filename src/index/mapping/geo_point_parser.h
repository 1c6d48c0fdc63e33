#pragma once

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/mapping/geo_encoding.h"

namespace selene::index {

/// {"lat","lon"}, GeoJSON {"type":"Point","coordinates":[lon,lat]}, [lon, lat], "lat,lon", "POINT (lon lat)" or a geohash. Errors:
/// kParse, kIllegalArgument (`illegal latitude value [91.0] for f`).
base::Result<GeoPoint> parse_geo_point(base::JsonValue value, std::string_view field);

}  // namespace selene::index
