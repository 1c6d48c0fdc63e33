#pragma once

#include <cstdint>

namespace selene::models {

/// Rounds activations as torch's quantized::linear_dynamic with reduce_range does before it multiplies: one range of 7 bits for all
/// elements, with zero inside, so that y W^T is torch's int8 result for int8 weights W.
///   lo = min(0, min x), hi = max(0, max x), s = (hi - lo) / 127, z = the end with the smaller error, rounded;
///   y = (clamp(round(x / s) + z, 0, 127) - z) * s
/// x, y: [rows, cols] with rows `stride` apart, may alias. What pads the rows of x is not looked at; in y it is zero.
/// Source: pytorch, aten/src/ATen/native/quantized/cpu/qlinear_dynamic.cpp (rule and constants; observed on archives of torch 2.7).
void round_to_dynamic_range(const float* x, float* y, int64_t rows, int64_t cols, int64_t stride);

}  // namespace selene::models
