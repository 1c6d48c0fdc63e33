#pragma once

#include "inference/services/remote/vendor_model.h"

namespace selene::inference {

/// Google's ranking API (Discovery Engine), with the token of a service account.
extern const Vendor kGoogleVertexAiVendor;

}  // namespace selene::inference
