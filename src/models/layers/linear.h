#pragma once

#include <cstdint>

#include "models/kernels/kernel_table.h"
#include "models/ops/buffer.h"
#include "models/ops/packed_matrix.h"

namespace selene::models {

/// Rows in the number type of the linear layers that read them.
struct LinearInput {
  const void* data = nullptr;
  int64_t stride_bytes = 0;
  const float* scales = nullptr;  ///< int8 only, [rows]
};

/// Memory for converted rows. One thread.
struct InputScratch {
  Buffer<char> rows;
  Buffer<float> scales;
};

/// x: [rows, cols] float32 with row_stride(cols), as input for linear layers of `type`. The result points into x or `scratch`.
LinearInput convert_input(const KernelTable& table, NumberType type, const float* x, int32_t rows, int32_t cols,
                          InputScratch& scratch);

/// What a linear layer's result is combined with and where it goes.
struct LinearOutput {
  void* y = nullptr;  ///< [rows, out] with row_stride(out) elements between rows; columns behind `out` become zero
  NumberType type = NumberType::kF32;
  Activation activation = Activation::kNone;
  const float* residual = nullptr;  ///< same shape and stride as y, may be y
};

/// y = activation(x W^T + bias) [+ residual]. Immutable, thread-safe.
struct Linear {
  PackedMatrix weight;
  Buffer<float> bias;  ///< [out rounded up to panel], empty if the layer has none

  void forward(const KernelTable& table, const LinearInput& x, int32_t rows, const LinearOutput& output) const;
  int32_t in_features() const { return weight.k(); }
  int32_t out_features() const { return weight.n(); }
  int64_t bytes() const { return weight.bytes() + bias.bytes(); }
};

/// kRootMeanSquare: x / sqrt(mean(x^2) + eps) * gamma.  Source: Zhang & Sennrich, 2019; transformers Qwen3RMSNorm.
enum class NormKind : uint8_t { kMeanVariance, kRootMeanSquare };

/// y = x / sqrt(mean(x^2) + eps) * gamma; x, y, gamma: [size], x and y may be the same.
void rms_norm(const float* x, const float* gamma, float* y, int64_t size, float eps);

/// gamma, beta: [hidden_size]; beta may be empty.
struct LayerNorm {
  Buffer<float> gamma;
  Buffer<float> beta;
  float eps = 0.0F;
  NormKind kind = NormKind::kMeanVariance;
  bool empty() const { return gamma.size() == 0; }

  /// x, y: [rows, cols] with row_stride(cols); may alias.
  void forward(const KernelTable& table, const float* x, float* y, int32_t rows, int32_t cols) const {
    const int64_t stride = row_stride(cols);
    if (kind == NormKind::kRootMeanSquare) {
      for (int32_t r = 0; r < rows; ++r) rms_norm(x + r * stride, gamma.data(), y + r * stride, cols, eps);
      return;
    }
    table.layer_norm(x, stride, gamma.data(), beta.data(), y, stride, rows, cols, eps);
  }
  int64_t bytes() const { return gamma.bytes() + beta.bytes(); }
};

}  // namespace selene::models
