#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

namespace selene::rest {

/// Counts answers by class of status, and their time. Thread-safe.
class RequestMetrics {
 public:
  void record(int status, std::chrono::nanoseconds took);
  /// `selene_http_requests_total{code="2xx"}`, `selene_http_request_seconds_*` in Prometheus' text format.
  void write_prometheus(std::string& out) const;

 private:
  std::array<std::atomic<int64_t>, 6> by_class_{};  // index: status / 100
  std::atomic<int64_t> nanoseconds_{0};
};

}  // namespace selene::rest
