#include "rest/request_metrics.h"

#include <algorithm>

#include "base/format.h"

namespace selene::rest {

void RequestMetrics::record(int status, std::chrono::nanoseconds took) {
  by_class_[static_cast<size_t>(std::clamp(status / 100, 1, 5))].fetch_add(1, std::memory_order_relaxed);
  nanoseconds_.fetch_add(took.count(), std::memory_order_relaxed);
}

void RequestMetrics::write_prometheus(std::string& out) const {
  out += "# HELP selene_http_requests_total Answers by class of status.\n# TYPE selene_http_requests_total counter\n";
  int64_t total = 0;
  for (size_t i = 1; i < by_class_.size(); ++i) {
    const int64_t count = by_class_[i].load(std::memory_order_relaxed);
    total += count;
    out += base::format("selene_http_requests_total{{code=\"{}xx\"}} {}\n", i, count);
  }
  out +=
      "# HELP selene_http_request_seconds Time from a whole request to its answer.\n# TYPE selene_http_request_seconds summary\n";
  out +=
      base::format("selene_http_request_seconds_sum {}\n", static_cast<double>(nanoseconds_.load(std::memory_order_relaxed)) / 1e9);
  out += base::format("selene_http_request_seconds_count {}\n", total);
}

}  // namespace selene::rest
