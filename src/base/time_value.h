#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace selene::base {

/// Milliseconds of `30s`, `500ms`, `1m`, `2h`, `1d`, `100micros`, `5nanos` (rounded down), `0`, and -1 of `-1`, which stands for
/// "no limit". Units read without case, as in Elasticsearch. `setting` names the source in errors. Errors: kIllegalArgument
/// `failed to parse setting [s] with value [x] as a time value: unit is missing or unrecognized`, or `failed to parse [x]`
/// caused by a kNumberFormat for a wrong, negative or too large number.
Result<int64_t> parse_time_value_ms(std::string_view text, std::string_view setting);

/// The largest unit that loses nothing: 90000 -> "90s", 60000 -> "1m", -1 -> "-1".
std::string format_time_value(int64_t ms);

}  // namespace selene::base
