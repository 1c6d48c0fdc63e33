#pragma once

#include "rest/handlers/services.h"

namespace selene::rest {

// Routed only where security is on, as in Elasticsearch: `services.security` and `request.authentication()` are set.

base::Result<RestResponse> authenticate(const Services& services, const RestRequest& request);    ///< GET /_security/_authenticate
base::Result<RestResponse> create_api_key(const Services& services, const RestRequest& request);  ///< PUT /_security/api_key
base::Result<RestResponse> get_api_keys(const Services& services, const RestRequest& request);    ///< GET /_security/api_key
base::Result<RestResponse> invalidate_api_keys(const Services& services, const RestRequest& request);  ///< DELETE the same

}  // namespace selene::rest
