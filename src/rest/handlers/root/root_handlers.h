#pragma once

#include "rest/handlers/services.h"

namespace selene::rest {

/// GET|HEAD /: name, cluster and version, as clients check them.
base::Result<RestResponse> node_banner(const Services& services, const RestRequest& request);
/// GET /healthz: the process answers.
base::Result<RestResponse> liveness(const Services& services, const RestRequest& request);
/// GET /readyz: the catalog is open; 200.
base::Result<RestResponse> readiness(const Services& services, const RestRequest& request);
/// GET /metrics: Prometheus' text format.
base::Result<RestResponse> metrics(const Services& services, const RestRequest& request);
/// GET /_license: everything is allowed.
base::Result<RestResponse> license(const Services& services, const RestRequest& request);
/// GET /_xpack.
base::Result<RestResponse> xpack(const Services& services, const RestRequest& request);

}  // namespace selene::rest
