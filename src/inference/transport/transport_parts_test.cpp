#include <gtest/gtest.h>

#include "inference/transport/circuit_breaker.h"
#include "inference/transport/rate_limiter.h"
#include "inference/transport/retry.h"
#include "inference/transport/vendor_error.h"

namespace selene::inference {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Time = std::chrono::steady_clock::time_point;

TEST(RateLimiterTest, SpacesRequestsBeyondABurstOfOneSecond) {
  RateLimiter limiter(120);  // two a second
  const Time start = Time() + seconds(1000);
  EXPECT_EQ(limiter.reserve(start).count(), 0);
  EXPECT_EQ(limiter.reserve(start).count(), 0);
  EXPECT_EQ(limiter.reserve(start), milliseconds(500));
  EXPECT_EQ(limiter.reserve(start), milliseconds(1000));
  EXPECT_EQ(limiter.reserve(start + seconds(1)), milliseconds(500));
  EXPECT_EQ(limiter.reserve(start + seconds(100)).count(), 0);
}

TEST(RateLimiterTest, OneAMinuteHasNoBurst) {
  RateLimiter limiter(1);
  const Time start = Time() + seconds(1000);
  EXPECT_EQ(limiter.reserve(start).count(), 0);
  EXPECT_EQ(limiter.reserve(start), seconds(60));
}

TEST(CircuitBreakerTest, OpensAfterFailuresInARowAndLetsOneTry) {
  CircuitBreaker breaker(3, seconds(10));
  const Time start = Time() + seconds(1000);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(breaker.allows(start));
    breaker.failed(start);
  }
  EXPECT_FALSE(breaker.allows(start + seconds(9)));
  EXPECT_TRUE(breaker.allows(start + seconds(10)));
  EXPECT_FALSE(breaker.allows(start + seconds(10))) << "one tries, the others wait";
  breaker.failed(start + seconds(11));
  EXPECT_FALSE(breaker.allows(start + seconds(20)));
  EXPECT_TRUE(breaker.allows(start + seconds(21)));
  breaker.abandoned();
  EXPECT_TRUE(breaker.allows(start + seconds(21)));
  breaker.succeeded();
  EXPECT_TRUE(breaker.allows(start + seconds(21)));
  EXPECT_TRUE(breaker.allows(start + seconds(21)));
}

TEST(CircuitBreakerTest, ASuccessBetweenFailuresStartsTheCountAgain) {
  CircuitBreaker breaker(2, seconds(10));
  breaker.failed(Time());
  breaker.succeeded();
  breaker.failed(Time());
  EXPECT_TRUE(breaker.allows(Time()));
}

TEST(RetryTest, DelaysDoubleUpToTheBoundAndYieldToTheVendor) {
  EXPECT_EQ(retry_delay(1, seconds(1), seconds(5), {}), seconds(1));
  EXPECT_EQ(retry_delay(2, seconds(1), seconds(5), {}), seconds(2));
  EXPECT_EQ(retry_delay(4, seconds(1), seconds(5), {}), seconds(5));
  EXPECT_EQ(retry_delay(1000000, seconds(1), seconds(5), {}), seconds(5));
  EXPECT_EQ(retry_delay(1, seconds(1), seconds(5), seconds(20)), seconds(20));
}

TEST(RetryTest, RetryAfterIsSecondsOrADate) {
  constexpr int64_t kNow = 1445412470000;  // Wed, 21 Oct 2015 07:27:50 GMT
  EXPECT_EQ(parse_retry_after("3", kNow), seconds(3));
  EXPECT_EQ(parse_retry_after("0", kNow), seconds(0));
  EXPECT_EQ(parse_retry_after("Wed, 21 Oct 2015 07:28:00 GMT", kNow), seconds(10));
  EXPECT_EQ(parse_retry_after("Wed, 21 Oct 2015 07:20:00 GMT", kNow), seconds(0));
  EXPECT_EQ(parse_retry_after("99999999999", kNow), seconds(24 * 3600));
  for (const char* bad : {"", "soon", "-1", "1.5", "3 s"}) EXPECT_FALSE(parse_retry_after(bad, kNow).has_value()) << bad;
}

TEST(RetryTest, OnlyWhatMayPassIsTriedAgain) {
  for (const int status : {429, 500, 502, 503, 504}) EXPECT_TRUE(is_retryable_status(status)) << status;
  for (const int status : {200, 302, 400, 401, 403, 404, 413, 422, 501}) EXPECT_FALSE(is_retryable_status(status)) << status;
}

TEST(VendorErrorTest, StatusesAreToldInElasticsearchsWords) {
  const auto refused = vendor_error(401, "x", "http://h/p", "bad key");
  EXPECT_EQ(refused.reason(),
            "Received an authentication error status code for request from inference entity id [x] status [401]. Error message: "
            "[bad key]");
  EXPECT_EQ(vendor_status(refused), 401);
  EXPECT_TRUE(vendor_error(429, "x", "u", "").reason().starts_with("Received a rate limit status code"));
  EXPECT_TRUE(vendor_error(500, "x", "u", "").reason().starts_with("Received a server error status code"));
  EXPECT_EQ(vendor_error(500, "x", "u", "").code(), base::ErrorCode::kStatusBadRequest);
  EXPECT_EQ(vendor_status(vendor_error(500, "x", "u", "")), 0);
  EXPECT_TRUE(vendor_error(302, "x", "u", "").reason().starts_with("Unhandled redirection"));
  EXPECT_TRUE(vendor_error(404, "x", "http://h/p", "").reason().starts_with("Resource not found at [http://h/p]"));
  EXPECT_TRUE(vendor_error(418, "x", "u", "").reason().starts_with("Received an unsuccessful status code"));
}

TEST(VendorErrorTest, SecretsAreTakenOutAlsoWhereTheyAreEscaped) {
  const std::vector<std::string> secrets = {"k\"ey\n1"};
  EXPECT_EQ(without_secrets("the key k\"ey\n1 is wrong, k\\\"ey\\n1 too", secrets), "the key [redacted] is wrong, [redacted] too");
  EXPECT_EQ(without_secrets("nothing", {}), "nothing");
  const std::string cut = without_secrets(std::string(999, 'a') + "\xC3\xA9", {});
  EXPECT_EQ(cut, std::string(999, 'a'));
}

}  // namespace
}  // namespace selene::inference
