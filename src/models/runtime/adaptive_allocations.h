#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "models/runtime/deployment.h"

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

/// How large a deployment is asked to be: so many allocations, or as the load asks within `adaptive`.
struct DeploymentSize {
  int32_t threads_per_allocation = 1;
  int32_t num_allocations = 1;
  std::optional<AllocationBounds> adaptive = std::nullopt;

  bool scales_to_zero() const { return adaptive.has_value() && adaptive->least.value_or(0) == 0; }
};

/// Allocations of a deployment of that size that runs.
inline int32_t current_allocations(const DeploymentSize& size, int32_t available) {
  if (!size.adaptive.has_value()) return size.num_allocations;
  return allocations_in_use(*size.adaptive, size.threads_per_allocation, std::max(available, 1));
}

/// `options` with the allocations and threads that `available` threads carry.
inline DeploymentOptions sized(DeploymentOptions options, const DeploymentSize& size, int32_t available) {
  available = std::max(available, 1);
  options.num_threads = std::min(size.threads_per_allocation, available);
  options.num_allocations = std::min(size.num_allocations, std::max(available / options.num_threads, 1));
  if (!size.adaptive.has_value()) return options;
  const int64_t allocations = current_allocations(size, available);
  options.num_threads = static_cast<int32_t>(std::min(allocations * size.threads_per_allocation, int64_t{available}));
  options.num_allocations = 1;
  return options;
}

}  // namespace selene::models
