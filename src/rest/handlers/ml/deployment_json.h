#pragma once

#include <string>

#include "base/json/json_writer.h"
#include "models/registry/trained_deployments.h"
#include "rest/handlers/services.h"

namespace selene::rest {

/// {"assignment": {...}}: the answer of `_start` and `_update`.
std::string assignment_json(const models::TrainedDeployment& deployment, const NodeInfo& node);
/// "deployment_stats": {...} of one deployment, into an open object.
void write_deployment_stats(base::JsonWriter& out, const models::TrainedDeployment& deployment, const NodeInfo& node);

/// `adaptive_allocations` as an object; empty if the size is fixed.
std::string adaptive_json(const models::DeploymentSize& size);

}  // namespace selene::rest
