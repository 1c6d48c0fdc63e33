#pragma once

#include "inference/services/remote/vendor_model.h"

namespace selene::inference {

/// NVIDIA's reranker: passages in, logits out.
extern const Vendor kNvidiaVendor;

}  // namespace selene::inference
