#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace selene::rest {

/// kIllegalArgument for a value that no call takes under its parameter's name, whether or not this call heeds the parameter:
/// booleans, whole numbers with their least value, words of a list. Names whose kind differs between calls are left to their
/// handlers. Source: RestRequest.paramAsBoolean, paramAsInt, paramAsLong; IndicesOptions.fromParameters; SearchRequest.
base::Status check_parameter_values(const std::vector<std::pair<std::string, std::string>>& params);

}  // namespace selene::rest
