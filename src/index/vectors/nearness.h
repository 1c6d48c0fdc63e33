#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "index/mapping/vector_options.h"

namespace selene::index {

// How near two vectors are, the larger the nearer: the cosine, the dot product, minus the squared distance, minus the number of
// bits that differ.

/// The score of a search. Source: Elasticsearch's and Lucene's VectorSimilarityFunction.
inline float score_of(const VectorOptions& options, float nearness) {
  if (options.element_type == ElementType::kBit) {
    const auto dims = static_cast<float>(options.dims);
    return (dims + nearness) / dims;
  }
  switch (options.similarity) {
    case VectorSimilarity::kL2Norm: return 1 / (1 - nearness);
    case VectorSimilarity::kMaxInnerProduct: return nearness < 0 ? 1 / (1 - nearness) : nearness + 1;
    case VectorSimilarity::kDotProduct:
      if (options.element_type == ElementType::kByte) return 0.5F + nearness / (32768.0F * static_cast<float>(options.dims));
      break;
    case VectorSimilarity::kCosine: break;
  }
  return std::max((1 + nearness) / 2, 0.0F);
}

/// The least nearness that the parameter `similarity` of a search lets through: a cosine, a dot product, or a largest distance.
inline float least_nearness(const VectorOptions& options, float similarity) {
  if (options.element_type == ElementType::kBit) return -similarity;
  return options.similarity == VectorSimilarity::kL2Norm ? -similarity * similarity : similarity;
}

}  // namespace selene::index
