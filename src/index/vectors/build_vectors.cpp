#include "index/vectors/build_vectors.h"

#include <algorithm>
#include <cmath>

#include "index/vectors/code_rows.h"
#include "index/vectors/vector_kernels.h"

namespace selene::index {

BuildVectors::BuildVectors(const VectorOptions& options, std::span<const VectorRow> rows)
    : size_(static_cast<uint32_t>(rows.size())),
      row_bytes_(static_cast<size_t>(options.element_type == ElementType::kBit ? options.dims / 8 : options.dims)),
      bits_(options.element_type == ElementType::kBit),
      l2_(options.similarity == VectorSimilarity::kL2Norm && !bits_) {
  codes_.resize(size_ * row_bytes_);
  if (!bits_) scales_.resize(size_, 1);
  if (l2_) squares_.resize(size_, 0);
  VectorValues values;
  for (uint32_t ordinal = 0; ordinal < size_; ++ordinal) {
    int8_t* const code = codes_.data() + ordinal * row_bytes_;
    if (options.element_type == ElementType::kByte || bits_) {
      std::copy_n(reinterpret_cast<const int8_t*>(rows[ordinal].bytes), row_bytes_, code);
      if (!bits_ && options.similarity == VectorSimilarity::kCosine) scales_[ordinal] = 1 / rows[ordinal].magnitude;
    } else {
      comparable_values(options, rows[ordinal], values);
      float most = 0;
      for (const float value : values) most = std::max(most, std::abs(value));
      const float scale = most > 0 ? most / 127 : 1;
      scales_[ordinal] = scale;
      for (size_t i = 0; i < values.size(); ++i) code[i] = static_cast<int8_t>(std::lround(values[i] / scale));
    }
    if (!l2_) continue;
    squares_[ordinal] = static_cast<float>(vector_kernels().dot_int8(code, code, row_bytes_)) * scales_[ordinal] * scales_[ordinal];
  }
}

void BuildVectors::compare(uint32_t a, std::span<const uint32_t> others, float* nearness) const {
  constexpr size_t kAhead = 4;
  const VectorKernels& kernels = vector_kernels();
  const int8_t* const query = row(a);
  const auto prefetch = [&](size_t i) {
    if (i >= others.size()) return;
    for (size_t at = 0; at < row_bytes_; at += 64) __builtin_prefetch(row(others[i]) + at);
  };
  for (size_t i = 0; i < kAhead; ++i) prefetch(i);
  for (size_t i = 0; i < others.size(); ++i) {
    prefetch(i + kAhead);
    const uint32_t b = others[i];
    if (bits_) {
      nearness[i] = -static_cast<float>(
          kernels.hamming(reinterpret_cast<const uint8_t*>(query), reinterpret_cast<const uint8_t*>(row(b)), row_bytes_));
      continue;
    }
    const float product = static_cast<float>(kernels.dot_int8(row(b), query, row_bytes_)) * scales_[a] * scales_[b];
    nearness[i] = l2_ ? 2 * product - squares_[a] - squares_[b] : product;
  }
}

}  // namespace selene::index
