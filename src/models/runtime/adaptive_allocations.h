#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace selene::models {

/// Bounds of a number of allocations that follows the load. Absent: none. A minimum of 0 lets an idle deployment end.
struct AllocationBounds {
  std::optional<int32_t> least;
  std::optional<int32_t> most;
};

/// Allocations of a deployment that is in use: as many as `available` threads carry, within the bounds, at least 1. They work as
/// one, allocations x threads wide, because a request alone is then done soonest and requests that come together share batches.
/// REQUIRES: threads_per_allocation >= 1, least <= most.
inline int32_t allocations_in_use(AllocationBounds bounds, int32_t threads_per_allocation, int32_t available) {
  const int32_t carried = std::max(available / threads_per_allocation, 1);
  return std::max({std::min(carried, bounds.most.value_or(carried)), bounds.least.value_or(1), 1});
}

}  // namespace selene::models
