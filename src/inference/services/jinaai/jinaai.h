#pragma once

#include "inference/services/remote/vendor_model.h"

namespace selene::inference {

/// Jina AI's reranker: POST /v1/rerank.
extern const Vendor kJinaAiVendor;

}  // namespace selene::inference
