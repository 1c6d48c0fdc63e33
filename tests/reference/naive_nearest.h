#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "index/mapping/vector_options.h"
#include "index/mapping/vector_values.h"

namespace selene::tests {

/// The definition, in doubles: the cosine, the product, minus the squared distance; of bits minus those that differ.
inline double naive_nearness(const index::VectorOptions& options, std::span<const float> a, std::span<const float> b) {
  double dot = 0;
  double squares_a = 0;
  double squares_b = 0;
  double bits = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const auto x = static_cast<double>(a[i]);
    const auto y = static_cast<double>(b[i]);
    dot += x * y;
    squares_a += x * x;
    squares_b += y * y;
    if (options.element_type != index::ElementType::kBit) continue;
    for (int bit = 0; bit < 8; ++bit) bits += (static_cast<int>(x) >> bit & 1) != (static_cast<int>(y) >> bit & 1) ? 1 : 0;
  }
  if (options.element_type == index::ElementType::kBit) return -bits;
  if (options.similarity == index::VectorSimilarity::kCosine) return dot / std::sqrt(squares_a * squares_b);
  return options.similarity == index::VectorSimilarity::kL2Norm ? 2 * dot - squares_a - squares_b : dot;
}

/// The k nearest of `points` (of those that `accept` holds, if given), by comparing all.
inline std::vector<uint32_t> naive_nearest(const index::VectorOptions& options, const std::vector<index::VectorValues>& points,
                                           std::span<const float> query, size_t k, const std::vector<bool>* accept = nullptr) {
  std::vector<std::pair<double, uint32_t>> all;
  for (uint32_t i = 0; i < points.size(); ++i) {
    if (accept == nullptr || (*accept)[i]) all.emplace_back(-naive_nearness(options, query, points[i]), i);
  }
  std::sort(all.begin(), all.end());
  std::vector<uint32_t> nearest;
  for (size_t i = 0; i < std::min(k, all.size()); ++i) nearest.push_back(all[i].second);
  return nearest;
}

}  // namespace selene::tests
