#pragma once

#include <cstdint>
#include <string>

#include "models/runtime/adaptive_allocations.h"
#include "models/runtime/scaled_deployment.h"

namespace selene::inference {

/// An endpoint's own deployment of a local model, running or not.
struct EndpointDeployment {
  std::string inference_id;
  std::string model_id;
  models::DeploymentSize size;
  int32_t current_allocations = 0;  ///< 0: not running
  int32_t queue_capacity = 0;
  models::ScaledDeployment::Usage usage;
};

}  // namespace selene::inference
