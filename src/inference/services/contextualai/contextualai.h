#pragma once

#include "inference/services/remote/vendor_model.h"

namespace selene::inference {

/// Contextual AI's reranker, which takes an instruction: POST /v1/rerank.
extern const Vendor kContextualAiVendor;

}  // namespace selene::inference
