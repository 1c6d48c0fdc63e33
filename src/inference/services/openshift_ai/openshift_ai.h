#pragma once

#include "inference/services/remote/vendor_model.h"

namespace selene::inference {

/// A reranker served by OpenShift AI (vLLM) at a URL of one's own.
extern const Vendor kOpenShiftAiVendor;

}  // namespace selene::inference
