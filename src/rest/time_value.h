#pragma once

#include <chrono>
#include <string_view>

#include "base/result.h"

namespace selene::rest {

/// `30s`, `500ms`, `1m`, `2h`, `1d`, `100micros`, `5nanos`, `-1`, `0` (rounded down to milliseconds). Errors: kIllegalArgument
/// `failed to parse setting [name] with value [x] as a time value: unit is missing or unrecognized`.
base::Result<std::chrono::milliseconds> parse_time_value(std::string_view text, std::string_view name);

}  // namespace selene::rest
