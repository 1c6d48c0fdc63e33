#pragma once

#include "inference/services/remote/vendor_model.h"

namespace selene::inference {

/// Cohere: rerank (v2; v1 for endpoints stored without an api_version) and embeddings.
extern const Vendor kCohereVendor;

}  // namespace selene::inference
