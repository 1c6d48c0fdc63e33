#pragma once

#include "inference/services/remote/vendor_model.h"

namespace selene::inference {

/// Mistral's embeddings: POST /v1/embeddings.
extern const Vendor kMistralVendor;

}  // namespace selene::inference
