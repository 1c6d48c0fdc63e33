#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "index/mapping/vector_options.h"
#include "index/vectors/vector_rows.h"

namespace selene::index {

/// Vectors as a graph is built over them: bytes and bits as they are, floats in 8 bits with a scale each, which is near enough to
/// tell neighbours and four times quicker to read. Immutable, thread-safe.
class BuildVectors {
 public:
  BuildVectors(const VectorOptions& options, std::span<const VectorRow> rows);
  uint32_t size() const { return size_; }
  /// nearness[i]: that of `a` and others[i] (nearness.h), or near it.
  void compare(uint32_t a, std::span<const uint32_t> others, float* nearness) const;
  float compare(uint32_t a, uint32_t b) const {
    float nearness = 0;
    compare(a, {&b, 1}, &nearness);
    return nearness;
  }

 private:
  const int8_t* row(uint32_t ordinal) const { return codes_.data() + ordinal * row_bytes_; }

  uint32_t size_;
  size_t row_bytes_;
  bool bits_;
  bool l2_;
  std::vector<int8_t> codes_;   ///< [size, row_bytes]
  std::vector<float> scales_;   ///< [size]
  std::vector<float> squares_;  ///< [size], of the lengths; l2_norm only
};

}  // namespace selene::index
