#pragma once

#include "models/layers/encoder_weights.h"
#include "models/runtime/encoder.h"

namespace selene::models {

/// Operations of a forward pass over `batch` (a multiply-add counts two), what padding and masked keys would cost left out: of a
/// window, the keys seen; of the last layer, what the pooled tokens need.
EncoderWork encoder_work(const EncoderWeights& weights, const PackedBatch& batch);

}  // namespace selene::models
