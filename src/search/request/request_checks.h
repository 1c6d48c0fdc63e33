#pragma once

#include "base/result.h"
#include "search/request/search_request.h"

namespace selene::search {

/// Whether what a search asks for goes together. Errors: kActionRequestValidation, kIllegalArgument.
base::Status check_search_request(const SearchCall& call, const SearchRequest& request);

}  // namespace selene::search
