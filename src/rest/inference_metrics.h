#pragma once

#include <map>
#include <string>

#include "models/runtime/deployment.h"

namespace selene::rest {

/// Appends the figures of running deployments in Prometheus' text format, labelled by inference_id.
void write_inference_metrics(const std::map<std::string, models::DeploymentStats>& deployments, std::string& out);

}  // namespace selene::rest
