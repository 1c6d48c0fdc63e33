#include "inference/transport/transport.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "inference/transport/retry.h"
#include "inference/transport/vendor_error.h"

namespace selene::inference {
namespace {

using base::Cancellation;
using base::Error;
using base::ErrorCode;
using base::Status;
using Clock = Cancellation::Clock;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// How often a wait looks whether its client has gone.
constexpr nanoseconds kCancellationPoll = milliseconds(20);

Error stop_reason(const Cancellation& cancellation) {
  if (cancellation.cancelled()) return Error(ErrorCode::kTaskCancelled, std::string("the request was cancelled"));
  return Error(ErrorCode::kStatusTimeout, std::string("Request timed out waiting to be sent"));
}

Status wait(nanoseconds time, const Cancellation& cancellation) {
  const Clock::time_point end = Clock::now() + time;
  while (true) {
    if (cancellation.should_stop()) return stop_reason(cancellation);
    const nanoseconds left = end - Clock::now();
    if (left <= nanoseconds(0)) return {};
    std::this_thread::sleep_for(std::min(left, kCancellationPoll));
  }
}

bool fits(nanoseconds time, const Cancellation& cancellation) {
  return cancellation.deadline() == Clock::time_point::max() || Clock::now() + time < cancellation.deadline();
}

/// Counts a call while it lives.
class Place {
 public:
  explicit Place(std::atomic<int32_t>& count) : count_(count), number_(++count) {}
  ~Place() { --count_; }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  int32_t number() const { return number_; }

 private:
  std::atomic<int32_t>& count_;
  const int32_t number_;
};

/// What stands in `Authorization`, without its scheme: a token that another call fetched is no setting.
void add_credentials(const net::ClientRequest& request, std::vector<std::string>& secrets) {
  const std::string_view value = request.headers.get("Authorization");
  const std::string_view credentials = value.substr(std::min(value.find(' ') + 1, value.size()));
  if (!credentials.empty()) secrets.emplace_back(credentials);
}

std::string without_query(const std::string& url) { return url.substr(0, url.find_first_of("?#")); }

}  // namespace

Transport::Transport(std::shared_ptr<net::HttpClient> client, TransportOptions options, std::string inference_id,
                     std::string service, int32_t requests_per_minute, std::vector<std::string> secrets)
    : client_(std::move(client)),
      options_(options),
      inference_id_(std::move(inference_id)),
      service_(std::move(service)),
      secrets_(std::move(secrets)),
      rate_limiter_(requests_per_minute),
      breaker_(options.breaker_threshold, options.breaker_cool_down) {}

Status Transport::wait_for_turn(const Cancellation& cancellation) {
  const nanoseconds turn = rate_limiter_.reserve(Clock::now());
  if (fits(turn, cancellation)) return wait(turn, cancellation);
  return Error(ErrorCode::kStatusTooManyRequests,
               "Failed to execute task for inference id [{}]: its rate limit lets the request go in [{}ms], after its timeout",
               inference_id_, std::chrono::duration_cast<milliseconds>(turn).count());
}

Transport::Attempt Transport::attempt(const net::ClientRequest& request, const AnswerReader& reader,
                                      const Cancellation& cancellation) {
  Attempt result;
  std::vector<std::string> secrets = secrets_;
  add_credentials(request, secrets);
  auto response = client_->send(request, cancellation);
  if (!response.has_value()) {
    const ErrorCode code = response.error().code();
    result.may_retry = code == ErrorCode::kIo || (code == ErrorCode::kStatusTimeout && !cancellation.should_stop());
    result.vendor_failed = true;
    // Sizes and addresses are the vendor's or the settings' fault, not this server's.
    const bool ours = code == ErrorCode::kStatusTimeout || code == ErrorCode::kTaskCancelled;
    result.outcome = Error(ours ? code : ErrorCode::kStatusBadRequest, "Failed to send request from inference entity id [{}]: {}",
                           inference_id_, without_secrets(response.error().reason(), secrets));
    return result;
  }
  if (response->status / 100 == 2) {
    const Status parsed = reader.parse(response->body);
    if (!parsed.has_value()) result.outcome = Error(parsed.error().code(), without_secrets(parsed.error().reason(), secrets));
    result.may_retry = result.vendor_failed = !parsed.has_value();
    return result;
  }
  result.may_retry = is_retryable_status(response->status);
  result.vendor_failed = response->status >= 500;
  result.retry_after = parse_retry_after(response->headers.get("Retry-After"), base::wall_clock_ms());
  result.outcome = vendor_error(response->status, inference_id_, without_secrets(without_query(request.url), secrets),
                                without_secrets(reader.error_message(response->body), secrets));
  return result;
}

Status Transport::call(net::ClientRequest request, const AnswerReader& reader, const Cancellation& cancellation) {
  const Place place(num_calls_);
  const Place place_of_all(*options_.num_all_calls);
  if (place.number() > options_.queue_capacity || place_of_all.number() > options_.max_all_calls) {
    return Error(ErrorCode::kRejectedExecution,
                 "Failed to execute task for inference id [{}] because the request service [{}] queue is full", inference_id_,
                 service_);
  }
  request.max_response_bytes = options_.max_response_bytes;
  request.redirects = net::Redirects::kRefuse;
  const Clock::time_point last_start = Clock::now() + options_.retry_timeout;
  for (int32_t attempts = 1;; ++attempts) {
    RETURN_IF_ERROR(wait_for_turn(cancellation));
    if (!breaker_.allows(Clock::now())) {
      return Error(ErrorCode::kStatusTooManyRequests,
                   "Failed to execute task for inference id [{}]: the last [{}] requests to service [{}] failed, it is left alone "
                   "for [{}ms]",
                   inference_id_, options_.breaker_threshold, service_, options_.breaker_cool_down.count());
    }
    Attempt result = attempt(request, reader, cancellation);
    if (cancellation.cancelled()) {
      breaker_.abandoned();
    } else if (result.vendor_failed) {
      breaker_.failed(Clock::now());
    } else {
      breaker_.succeeded();
    }
    if (!result.may_retry || result.outcome.has_value()) return result.outcome;
    const milliseconds delay =
        retry_delay(attempts, options_.retry_initial_delay, options_.retry_max_delay_bound, result.retry_after);
    // Waiting for nothing helps nobody: what is known is told at once.
    if (Clock::now() + delay > last_start || !fits(delay, cancellation)) return result.outcome;
    RETURN_IF_ERROR(wait(delay, cancellation));
  }
}

}  // namespace selene::inference
