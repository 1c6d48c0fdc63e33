#pragma once

#include "inference/services/remote/vendor_model.h"

namespace selene::inference {

/// Fireworks AI's reranker: POST /inference/v1/rerank, results under `data`.
extern const Vendor kFireworksAiVendor;

}  // namespace selene::inference
