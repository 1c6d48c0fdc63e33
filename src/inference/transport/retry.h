#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace selene::inference {

/// Whether the same request may succeed later: 429, 500, 502, 503, 504.
bool is_retryable_status(int status);

/// The header Retry-After (RFC 9110, 10.2.3): seconds or an HTTP date, as time from `now_ms` (since 1970). Nothing if it is
/// neither; never negative.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value, int64_t now_ms);

/// Exponential back-off: `initial` doubled for each attempt made, at most `longest`; longer if the vendor asked for it.
std::chrono::milliseconds retry_delay(int32_t attempts_made, std::chrono::milliseconds initial, std::chrono::milliseconds longest,
                                      std::optional<std::chrono::milliseconds> retry_after);

}  // namespace selene::inference
