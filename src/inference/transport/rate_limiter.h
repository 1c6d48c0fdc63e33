#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

namespace selene::inference {

/// A token bucket: `requests_per_minute` on average, a burst of one second's worth (at least one). Time is passed in. Thread-safe.
class RateLimiter {
 public:
  using Time = std::chrono::steady_clock::time_point;
  /// REQUIRES: requests_per_minute >= 1.
  explicit RateLimiter(int32_t requests_per_minute);
  /// Takes the next free place and says how long to wait for it.
  std::chrono::nanoseconds reserve(Time now);

 private:
  const std::chrono::nanoseconds interval_;
  const std::chrono::nanoseconds burst_;
  std::mutex mutex_;
  Time next_{};  // when the place after all reserved ones is free, if none were saved up
};

}  // namespace selene::inference
