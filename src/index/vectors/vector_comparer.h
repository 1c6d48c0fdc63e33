#pragma once

#include <cstdint>
#include <memory>
#include <span>

namespace selene::index {

/// One query against the vectors of a segment by their ordinals. One thread; valid as long as those.
class VectorComparer {
 public:
  virtual ~VectorComparer() = default;
  /// nearness[i]: that of ordinals[i] (nearness.h), or an estimate of it.
  virtual void compare(std::span<const uint32_t> ordinals, float* nearness) const = 0;
};

}  // namespace selene::index
