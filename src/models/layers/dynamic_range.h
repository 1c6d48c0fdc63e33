#pragma once

#include <cstdint>

namespace selene::models {

/// Rounds activations as torch's quantized::linear_dynamic with reduce_range does before it multiplies: one range of 7 bits for all
/// elements, with zero inside, so that y W^T is torch's int8 result for int8 weights W.
///   lo = min(0, min x), hi = max(0, max x), s = (hi - lo) / 127, z = the end with the smaller error, rounded;
///   y = (clamp(round(x / s) + z, 0, 127) - z) * s
/// x, y: [num_values], may alias. Elements that pad rows are zero and stay so.
/// Source: pytorch, aten/src/ATen/native/quantized/cpu/qlinear_dynamic.cpp (rule and constants; observed on archives of torch 2.7).
void round_to_dynamic_range(const float* x, float* y, int64_t num_values);

}  // namespace selene::models
