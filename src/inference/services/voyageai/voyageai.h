#pragma once

#include "inference/services/remote/vendor_model.h"

namespace selene::inference {

/// Voyage AI's reranker (POST /v1/rerank, results under `data`) and embeddings (POST /v1/embeddings).
extern const Vendor kVoyageAiVendor;

}  // namespace selene::inference
