#pragma once

#include "inference/services/remote/vendor_model.h"

namespace selene::inference {

/// A service described by its own settings: request template and JSON paths of the answer.
extern const Vendor kCustomVendor;

}  // namespace selene::inference
