#include "models/layers/dynamic_range.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace selene::models {
namespace {

constexpr double kLevels = 127.0;
constexpr double kEmptyScale = 0.1;      // of a tensor of zeros
constexpr float kRounder = 12582912.0F;  // 1.5 * 2^23: adding it rounds to the nearest even integer

}  // namespace

void round_to_dynamic_range(const float* x, float* y, int64_t rows, int64_t cols, int64_t stride) {
  float low = 0.0F;
  float high = 0.0F;
  for (int64_t r = 0; r < rows; ++r) {
    for (const float value : std::span(x + r * stride, static_cast<size_t>(cols))) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
  double scale = (static_cast<double>(high) - low) / kLevels;
  if (scale == 0.0 || !std::isfinite(1.0F / static_cast<float>(scale))) scale = kEmptyScale;
  const bool from_low = std::abs(low / scale) < kLevels + std::abs(high / scale);
  const double zero = std::clamp(std::nearbyint(from_low ? -low / scale : kLevels - high / scale), 0.0, kLevels);
  const auto zero_point = static_cast<float>(zero);
  const float step = static_cast<float>(scale);
  const float inverse = 1.0F / step;
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < cols; ++c) {
      const float rounded = (x[r * stride + c] * inverse + kRounder) - kRounder;
      y[r * stride + c] = (std::min(std::max(rounded + zero_point, 0.0F), static_cast<float>(kLevels)) - zero_point) * step;
    }
    std::fill(y + r * stride + cols, y + (r + 1) * stride, 0.0F);
  }
}

}  // namespace selene::models
