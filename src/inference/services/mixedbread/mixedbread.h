#pragma once

#include "inference/services/remote/vendor_model.h"

namespace selene::inference {

/// Mixedbread's reranker: POST /v1/reranking with `input`, results under `data` with `score`.
extern const Vendor kMixedbreadVendor;

}  // namespace selene::inference
