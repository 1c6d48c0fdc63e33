#pragma once

#include "inference/services/remote/vendor_model.h"

namespace selene::inference {

/// Alibaba Cloud AI Search's reranker.
extern const Vendor kAlibabaCloudVendor;

}  // namespace selene::inference
