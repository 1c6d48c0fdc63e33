#pragma once

#include <cstdint>

#include "models/layers/encoder_weights.h"

namespace selene::models {

/// Rotary positions: the angle of position p, pair i is p * theta^(-2i / head_dim), in float32 as transformers computes it.
/// Source: Su et al., "RoFormer", 2021.
RotaryTable make_rotary(double theta, int64_t head_dim, int64_t max_length);

/// What keeps a query from keys behind it: 0 up to its own position, then so low that softmax gives 0. One row for all heads.
PositionBias causal_bias(int64_t max_length);

/// Attention with linear biases in both directions: -slope_h * |key - query|, the slopes a geometric series of the heads.
/// Source: Press et al., "Train Short, Test Long", 2022; Günther et al., "Jina Embeddings 2", 2023 (both directions).
PositionBias alibi_bias(int64_t num_heads, int64_t max_length);

}  // namespace selene::models
