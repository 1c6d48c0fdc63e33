#pragma once

#include "inference/services/remote/vendor_model.h"

namespace selene::inference {

/// Jina AI's reranker and embeddings: POST /v1/rerank, POST /v1/embeddings.
extern const Vendor kJinaAiVendor;

}  // namespace selene::inference
