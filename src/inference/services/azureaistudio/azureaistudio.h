#pragma once

#include "inference/services/remote/vendor_model.h"

namespace selene::inference {

/// A Cohere reranker deployed in Azure AI Studio.
extern const Vendor kAzureAiStudioVendor;

}  // namespace selene::inference
