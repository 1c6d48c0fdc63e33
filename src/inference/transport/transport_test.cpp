#include "inference/transport/transport.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "base/format.h"
#include "net/http_server.h"

namespace selene::inference {
namespace {

using base::Cancellation;
using base::ErrorCode;
using std::chrono::milliseconds;

/// A transport to a vendor whose answers the test scripts: `answer` gets the number of the request, from 1.
class TransportTest : public ::testing::Test {
 protected:
  void start(std::function<net::Response(int number)> answer, TransportOptions options = {}) {
    net::ServerOptions server;
    server.port = 0;
    server_ =
        net::HttpServer::bind(
            server, [this, answer = std::move(answer)](const net::Request&, const Cancellation&) { return answer(++requests_); },
            {[](int status, std::string_view) {
              return net::Response{status, {}, {}};
            }})
            .value();
    server_->start();
    options.retry_initial_delay = std::min(options.retry_initial_delay, milliseconds(1));
    transport_ = std::make_unique<Transport>(net::HttpClient::create({}).value(), options, "id", "vendor", 1000000,
                                             std::vector<std::string>{"sesame"});
  }
  void TearDown() override {
    if (server_ != nullptr) server_->stop(milliseconds(0));
  }
  base::Status call(const Cancellation& cancellation = {}) {
    net::ClientRequest request{.method = "POST", .url = base::format("http://127.0.0.1:{}/", server_->port())};
    return transport_->call(std::move(request),
                            {[this](std::string_view body) -> base::Status {
                               if (body == "unusable") return base::Error(ErrorCode::kStatusBadRequest, "cannot read sesame");
                               body_ = body;
                               return {};
                             },
                             [](std::string_view body) { return std::string(body); }},
                            cancellation);
  }

  std::atomic<int> requests_ = 0;
  std::string body_;
  std::unique_ptr<net::HttpServer> server_;
  std::unique_ptr<Transport> transport_;
};

TEST_F(TransportTest, TriesAgainWhatMayPass) {
  start([](int number) {
    return net::Response{number == 1 ? 503 : number == 2 ? 429 : 200, {}, number == 3 ? "unusable" : "fine"};
  });
  ASSERT_TRUE(call().has_value());
  EXPECT_EQ(requests_, 4);
  EXPECT_EQ(body_, "fine");
}

TEST_F(TransportTest, DoesNotTryAgainWhatWillNotPass) {
  start([](int) { return net::Response{401, {}, "wrong key sesame"}; });
  const auto status = call();
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(
      status.error().reason(),
      "Received an authentication error status code for request from inference entity id [id] status [401]. Error message: [wrong "
      "key [redacted]]");
  EXPECT_EQ(requests_, 1);
}

TEST_F(TransportTest, ATokenThatTheVendorRepeatsIsNotTold) {
  start([](int number) { return net::Response{number == 1 ? 401 : 200, {}, number == 1 ? "ya29.token is stale" : "unusable"}; });
  net::ClientRequest request{.method = "POST", .url = base::format("http://127.0.0.1:{}/", server_->port())};
  request.headers.add("Authorization", "Bearer ya29.token");
  const AnswerReader reader{
      [](std::string_view) -> base::Status { return base::Error(ErrorCode::kStatusBadRequest, "no JSON: ya29.token"); },
      [](std::string_view body) { return std::string(body); }};
  EXPECT_NE(transport_->call(request, reader, {}).error().reason().find("Error message: [[redacted] is stale]"), std::string::npos);
  TransportOptions once;
  once.retry_timeout = milliseconds(0);
  start([](int) { return net::Response{200, {}, "anything"}; }, once);
  request.url = base::format("http://127.0.0.1:{}/", server_->port());
  EXPECT_EQ(transport_->call(request, reader, {}).error().reason(), "no JSON: [redacted]");
}

TEST_F(TransportTest, AVendorThatAsksForMoreTimeThanThereIsIsToldAtOnce) {
  start([](int) {
    net::Response response{429, {}, {}};
    response.headers.set("Retry-After", "3600");
    return response;
  });
  const auto status = call(Cancellation().with_deadline(Cancellation::Clock::now() + std::chrono::minutes(5)));
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code(), ErrorCode::kStatusTooManyRequests);
  EXPECT_EQ(requests_, 1);
}

TEST_F(TransportTest, NoAttemptStartsAfterTheRetryTimeout) {
  TransportOptions options;
  options.retry_timeout = milliseconds(0);
  start([](int) { return net::Response{500, {}, {}}; }, options);
  EXPECT_FALSE(call().has_value());
  EXPECT_EQ(requests_, 1);
}

TEST_F(TransportTest, AVendorThatIsDownIsLeftAlone) {
  TransportOptions options;
  options.breaker_threshold = 2;
  options.retry_timeout = milliseconds(0);
  start([](int) { return net::Response{500, {}, {}}; }, options);
  EXPECT_FALSE(call().has_value());
  EXPECT_FALSE(call().has_value());
  const auto status = call();
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code(), ErrorCode::kStatusTooManyRequests);
  EXPECT_EQ(requests_, 2);
}

TEST_F(TransportTest, AFullQueueIsRefusedAtOnce) {
  TransportOptions options;
  options.queue_capacity = 1;
  std::atomic<bool> release = false;
  start(
      [&](int) {
        while (!release) std::this_thread::yield();
        return net::Response{200, {}, "fine"};
      },
      options);
  std::thread first([&] { EXPECT_TRUE(call().has_value()); });
  while (requests_ == 0) std::this_thread::yield();
  const auto second = call();
  release = true;
  first.join();
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code(), ErrorCode::kRejectedExecution);
  EXPECT_EQ(second.error().reason(),
            "Failed to execute task for inference id [id] because the request service [vendor] queue is full");
}

TEST_F(TransportTest, CallsOfAllEndpointsTogetherAreBounded) {
  TransportOptions options;
  options.max_all_calls = 1;
  const TransportOptions copy = options;  // of another endpoint
  ++*copy.num_all_calls;
  start([](int) { return net::Response{200, {}, "fine"}; }, options);
  const auto refused = call();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), ErrorCode::kRejectedExecution);
  --*copy.num_all_calls;
  EXPECT_TRUE(call().has_value());
  EXPECT_EQ(*copy.num_all_calls, 0);
}

TEST_F(TransportTest, LongAnswersAreTheVendorsFault) {
  TransportOptions options;
  options.max_response_bytes = 10;
  start([](int) { return net::Response{200, {}, std::string(100, 'x')}; }, options);
  const auto status = call();
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code(), ErrorCode::kStatusBadRequest);
  EXPECT_EQ(requests_, 1);
}

TEST_F(TransportTest, RedirectsAreNotFollowed) {
  start([](int) {
    net::Response response{302, {}, {}};
    response.headers.set("Location", "http://127.0.0.1:1/");
    return response;
  });
  const auto status = call();
  ASSERT_FALSE(status.has_value());
  EXPECT_TRUE(status.error().reason().starts_with("Unhandled redirection"));
}

}  // namespace
}  // namespace selene::inference
