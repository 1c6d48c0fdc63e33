#pragma once

#include <string_view>

#include "base/result.h"
#include "search/sort/sort_request.h"

namespace selene::search {

/// `asc` or `desc`. Errors: kIllegalArgument.
base::Status read_sort_order(std::string_view text, SortField& sort);
/// `min`, `max`, `sum`, `avg`, `median`. Errors: kIllegalArgument.
base::Status read_sort_mode(std::string_view text, SortField& sort);

/// Of several values of a document: as asked for, else the least in ascending and the greatest in descending order.
SortMode sort_mode_of(const SortField& sort);

}  // namespace selene::search
