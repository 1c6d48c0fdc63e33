#pragma once

#include "inference/services/remote/vendor_model.h"

namespace selene::inference {

/// A Hugging Face inference endpoint (text-embeddings-inference): rerank, dense and sparse embeddings.
extern const Vendor kHuggingFaceVendor;

}  // namespace selene::inference
