#pragma once

#include <limits>

namespace selene::search {

/// What a metric of no values is.
inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace selene::search
