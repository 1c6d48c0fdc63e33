#include "inference/transport/retry.h"

#include <time.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace selene::inference {

using std::chrono::milliseconds;

bool is_retryable_status(int status) { return status == 429 || status == 500 || status == 502 || status == 503 || status == 504; }

std::optional<milliseconds> parse_retry_after(std::string_view value, int64_t now_ms) {
  constexpr int64_t kLongestSeconds = 24 * 3600;
  int64_t seconds = 0;
  const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (fault == std::errc() && end == value.data() + value.size() && seconds >= 0)
    return milliseconds(std::min(seconds, kLongestSeconds) * 1000);
  tm date{};
  const std::string text(value);
  const char* rest = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date);
  if (rest == nullptr || *rest != '\0') return std::nullopt;
  const int64_t wait_ms = static_cast<int64_t>(::timegm(&date)) * 1000 - now_ms;
  return milliseconds(std::clamp<int64_t>(wait_ms, 0, kLongestSeconds * 1000));
}

milliseconds retry_delay(int32_t attempts_made, milliseconds initial, milliseconds longest,
                         std::optional<milliseconds> retry_after) {
  milliseconds delay = initial;
  for (int32_t i = 1; i < attempts_made && delay < longest; ++i) delay *= 2;
  return std::max(std::min(delay, longest), retry_after.value_or(milliseconds(0)));
}

}  // namespace selene::inference
