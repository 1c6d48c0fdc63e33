#pragma once

#include <bit>
#include <cstdint>

namespace selene::index {

/// The weight of a feature as the frequency of its term: the upper 17 bits of the float, so 9 significant bits of the mantissa are
/// kept (relative error up to 2^-9). Order is kept. REQUIRES: weight is a positive normal float. Source: Lucene's FeatureField.
constexpr int32_t encode_feature_weight(float weight) { return std::bit_cast<int32_t>(weight) >> 15; }
constexpr float decode_feature_weight(int32_t freq) { return std::bit_cast<float>(freq << 15); }

}  // namespace selene::index
