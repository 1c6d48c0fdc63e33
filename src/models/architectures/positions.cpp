#include "models/architectures/positions.h"

#include <bit>
#include <cmath>

namespace selene::models {
namespace {

constexpr float kNever = -1e30F;  // exp of it is 0 beside any score

/// 2^(-8/n), 2^(-16/n), ... for a power of two n; else those of the next lower power, then every other one of the next higher.
double alibi_slope(int64_t head, int64_t num_heads) {
  const auto lower = static_cast<int64_t>(std::bit_floor(static_cast<uint64_t>(num_heads)));
  if (head < lower) return std::pow(2.0, -8.0 * static_cast<double>(head + 1) / static_cast<double>(lower));
  return std::pow(2.0, -4.0 * static_cast<double>(2 * (head - lower) + 1) / static_cast<double>(lower));
}

}  // namespace

RotaryTable make_rotary(double theta, int64_t head_dim, int64_t max_length) {
  RotaryTable table;
  table.half = static_cast<int32_t>(head_dim / 2);
  const int64_t stride = row_stride(table.half);
  table.cosine.reserve(max_length * stride);
  table.sine.reserve(max_length * stride);
  for (int64_t i = 0; i < table.half; ++i) {
    const auto frequency = static_cast<float>(1.0 / std::pow(theta, static_cast<double>(2 * i) / static_cast<double>(head_dim)));
    for (int64_t p = 0; p < max_length; ++p) {
      const float angle = static_cast<float>(p) * frequency;
      table.cosine[p * stride + i] = std::cos(angle);
      table.sine[p * stride + i] = std::sin(angle);
    }
  }
  return table;
}

PositionBias causal_bias(int64_t max_length) {
  PositionBias bias;
  bias.values.reserve(2 * max_length - 1);
  for (int64_t i = max_length; i < 2 * max_length - 1; ++i) bias.values[i] = kNever;
  return bias;
}

PositionBias alibi_bias(int64_t num_heads, int64_t max_length) {
  PositionBias bias;
  bias.head_stride = 2 * max_length - 1;
  bias.values.reserve(num_heads * bias.head_stride);
  for (int64_t h = 0; h < num_heads; ++h) {
    const double slope = alibi_slope(h, num_heads);
    float* row = bias.values.data() + h * bias.head_stride;
    for (int64_t i = 0; i < bias.head_stride; ++i) {
      row[i] = static_cast<float>(-slope * static_cast<double>(std::abs(i - (max_length - 1))));
    }
  }
  return bias;
}

}  // namespace selene::models
