#pragma once

#include "inference/services/remote/vendor_model.h"

namespace selene::inference {

/// IBM watsonx.ai's reranker, with a token of IBM Cloud's IAM.
extern const Vendor kWatsonxVendor;

}  // namespace selene::inference
