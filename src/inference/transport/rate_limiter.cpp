#include "inference/transport/rate_limiter.h"

#include <algorithm>

namespace selene::inference {

using std::chrono::nanoseconds;

RateLimiter::RateLimiter(int32_t requests_per_minute)
    : interval_(nanoseconds(std::chrono::minutes(1)) / requests_per_minute),
      burst_(interval_ * std::max(requests_per_minute / 60 - 1, 0)) {}

nanoseconds RateLimiter::reserve(Time now) {
  const std::lock_guard lock(mutex_);
  next_ = std::max(next_, now - burst_);
  const nanoseconds wait = std::max(next_ - now, nanoseconds(0));
  next_ += interval_;
  return wait;
}

}  // namespace selene::inference
