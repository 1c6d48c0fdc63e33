#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancellation.h"
#include "base/result.h"
#include "inference/transport/circuit_breaker.h"
#include "inference/transport/rate_limiter.h"
#include "net/http_client.h"

namespace selene::inference {

/// How requests to vendors behave. The names are those of Elasticsearch's node settings `xpack.inference.http.*`.
struct TransportOptions {
  std::chrono::milliseconds retry_initial_delay{1000};
  std::chrono::milliseconds retry_max_delay_bound{5000};
  std::chrono::milliseconds retry_timeout{30000};  ///< no further attempt after that
  size_t max_response_bytes = size_t{50} << 20;
  int32_t queue_capacity = 2000;  ///< requests of one endpoint that run or wait for its rate limit
  /// Requests of all endpoints together that run or wait; `num_all_calls` counts them and is shared by the copies of the options.
  /// Each holds a worker of the server: with fewer of them than workers, a vendor that hangs stops nobody who does not ask it.
  int32_t max_all_calls = 80;
  std::shared_ptr<std::atomic<int32_t>> num_all_calls = std::make_shared<std::atomic<int32_t>>(0);
  int32_t breaker_threshold = 10;
  std::chrono::milliseconds breaker_cool_down{10000};
};

/// What a vendor's answer is for; pure functions.
struct AnswerReader {
  /// Takes a 2xx body. An error means "unusable answer" and is retried like a 5xx.
  std::function<base::Status(std::string_view body)> parse;
  /// The vendor's own words in the body of another answer; empty if there are none.
  std::function<std::string(std::string_view body)> error_message;
};

/// The requests of one endpoint: bounded queue, rate limit, retries with back-off, circuit breaker, errors in Elasticsearch's
/// words. Thread-safe.
class Transport {
 public:
  /// `secrets`, and the credentials a request carries in `Authorization`, never appear in an error.
  /// REQUIRES: requests_per_minute >= 1.
  Transport(std::shared_ptr<net::HttpClient> client, TransportOptions options, std::string inference_id, std::string service,
            int32_t requests_per_minute, std::vector<std::string> secrets);

  /// Blocks for at most `cancellation`'s deadline. `request.max_response_bytes` and `redirects` are set here.
  /// Errors: kRejectedExecution (a queue is full), kStatusTooManyRequests (rate limit or breaker), those of `vendor_error`, of the
  /// reader, of HttpClient::send; kStatusTimeout, kTaskCancelled.
  base::Status call(net::ClientRequest request, const AnswerReader& reader, const base::Cancellation& cancellation);

 private:
  struct Attempt {
    base::Status outcome;
    bool may_retry = false;
    bool vendor_failed = false;  // what the breaker counts
    std::optional<std::chrono::milliseconds> retry_after;
  };
  base::Status wait_for_turn(const base::Cancellation& cancellation);
  Attempt attempt(const net::ClientRequest& request, const AnswerReader& reader, const base::Cancellation& cancellation);

  const std::shared_ptr<net::HttpClient> client_;
  const TransportOptions options_;
  const std::string inference_id_;
  const std::string service_;
  const std::vector<std::string> secrets_;
  RateLimiter rate_limiter_;
  CircuitBreaker breaker_;
  std::atomic<int32_t> num_calls_{0};
};

}  // namespace selene::inference
