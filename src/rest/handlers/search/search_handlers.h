#pragma once

#include "rest/handlers/services.h"

namespace selene::rest {

/// GET|POST [/{index}]/_search.
base::Result<RestResponse> search(const Services& services, const RestRequest& request);
/// GET|POST [/{index}]/_count.
base::Result<RestResponse> count(const Services& services, const RestRequest& request);
/// GET|POST [/{index}]/_msearch: NDJSON of header and body lines; a failing part is an error inside `responses`.
base::Result<RestResponse> multi_search(const Services& services, const RestRequest& request);

}  // namespace selene::rest
