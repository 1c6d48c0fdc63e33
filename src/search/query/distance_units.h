#pragma once

#include <string_view>

#include "base/result.h"

namespace selene::search {

/// "12km", "5mi", "300" (meters). Errors: kNumberFormat, kIllegalArgument.
base::Result<double> parse_distance_meters(std::string_view text);

}  // namespace selene::search
