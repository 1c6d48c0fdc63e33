#pragma once

#include "inference/services/remote/vendor_model.h"

namespace selene::inference {

/// OpenAI's embeddings, and whoever serves the same API.
extern const Vendor kOpenAiVendor;

}  // namespace selene::inference
