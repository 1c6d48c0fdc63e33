#pragma once

#include "rest/handlers/services.h"

namespace selene::rest {

/// PUT /_inference/[{task_type}/]{id}.
base::Result<RestResponse> put_endpoint(const Services& services, const RestRequest& request);
/// GET /_inference[/[{task_type}/]{id}]; `_all` for all.
base::Result<RestResponse> get_endpoints(const Services& services, const RestRequest& request);
/// DELETE /_inference/[{task_type}/]{id}.
base::Result<RestResponse> delete_endpoint(const Services& services, const RestRequest& request);
/// POST /_inference/[{task_type}/]{id}.
base::Result<RestResponse> run_inference(const Services& services, const RestRequest& request);

/// PUT /_inference/[{task_type}/]{id}/_update.
base::Result<RestResponse> update_endpoint(const Services& services, const RestRequest& request);
/// GET /_inference/_services[/{task_type}].
base::Result<RestResponse> get_services(const Services& services, const RestRequest& request);
/// POST /_inference/[{task_type}/]{id}/_stream: refused, no task type here streams.
base::Result<RestResponse> refuse_stream(const Services& services, const RestRequest& request);

}  // namespace selene::rest
