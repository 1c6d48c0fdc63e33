#pragma once

#include "rest/handlers/services.h"

namespace selene::rest {

base::Result<RestResponse> put_pipeline(const Services& services, const RestRequest& request);   ///< PUT /_ingest/pipeline/{id}
base::Result<RestResponse> get_pipelines(const Services& services, const RestRequest& request);  ///< GET /_ingest/pipeline[/{id}]
base::Result<RestResponse> delete_pipeline(const Services& services,
                                           const RestRequest& request);  ///< DELETE /_ingest/pipeline/{id}
/// GET|POST /_ingest/pipeline[/{id}]/_simulate.
base::Result<RestResponse> simulate_pipeline(const Services& services, const RestRequest& request);

}  // namespace selene::rest
