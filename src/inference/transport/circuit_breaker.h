#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

namespace selene::inference {

/// Spares a vendor that is down, and our callers the wait: after `threshold` failures in a row requests are refused for
/// `cool_down`, then one is let through to try; its success closes the breaker, its failure opens it again. Time is passed in.
/// Thread-safe.
class CircuitBreaker {
 public:
  using Time = std::chrono::steady_clock::time_point;
  CircuitBreaker(int32_t threshold, std::chrono::milliseconds cool_down) : threshold_(threshold), cool_down_(cool_down) {}

  /// Whether a request may be sent now. One that was allowed reports `succeeded` or `failed`.
  bool allows(Time now);
  void succeeded();
  void failed(Time now);
  /// The request ended without telling anything of the vendor (its caller went away).
  void abandoned();

 private:
  const int32_t threshold_;
  const std::chrono::milliseconds cool_down_;
  std::mutex mutex_;
  int32_t failures_ = 0;  // in a row
  Time open_until_{};
  bool trying_ = false;
};

}  // namespace selene::inference
