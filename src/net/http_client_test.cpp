#include "net/http_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

#include "net/http_server.h"

namespace selene::net {
namespace {

using base::Cancellation;
using base::ErrorCode;
using std::chrono::milliseconds;

/// Accepts connections one after the other and hands each to `behaviour`, which reads and writes what it likes.
class RawServer {
 public:
  explicit RawServer(std::function<void(int fd)> behaviour) : behaviour_(std::move(behaviour)) {
    fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(fd_, 16), 0);
    socklen_t size = sizeof address;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] {
      for (int fd; (fd = ::accept(fd_, nullptr, nullptr)) >= 0; ::close(fd)) behaviour_(fd);
    });
  }
  ~RawServer() {
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    ::close(fd_);
  }
  std::string url(std::string_view path = "/") const { return base::format("http://127.0.0.1:{}{}", port_, path); }

 private:
  std::function<void(int)> behaviour_;
  int fd_;
  uint16_t port_ = 0;
  std::thread thread_;
};

std::string read_head(int fd) {
  std::string head;
  char c;
  while (head.find("\r\n\r\n") == std::string::npos && ::recv(fd, &c, 1, 0) == 1) head += c;
  return head;
}

/// False once the other side has gone.
bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

/// Blocks until the client hangs up.
void wait_for_close(int fd) {
  char c;
  while (::recv(fd, &c, 1, 0) == 1) {
  }
}

class HttpClientTest : public ::testing::Test {
 protected:
  void SetUp() override { client_ = HttpClient::create({}).value(); }

  void serve(RequestHandler handler) {
    ServerOptions options;
    options.port = 0;
    server_ = HttpServer::bind(options, std::move(handler), {[](int status, std::string_view) {
                                 return Response{status, {}, {}};
                               }})
                  .value();
    server_->start();
  }
  void TearDown() override {
    if (server_ != nullptr) server_->stop(milliseconds(0));
  }
  std::string url(std::string_view path) const { return base::format("http://127.0.0.1:{}{}", server_->port(), path); }
  ErrorCode code_of(const ClientRequest& request, const Cancellation& cancellation = {}) {
    const auto response = client_->send(request, cancellation);
    return response.has_value() ? ErrorCode::kInternal : response.error().code();
  }

  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<HttpClient> client_;
};

TEST_F(HttpClientTest, MethodPathHeadersAndBodyArriveAsGiven) {
  serve([](const Request& request, const Cancellation&) {
    Response response;
    response.status = 418;
    response.headers.set("X-Seen", request.method + " " + request.target + " " + std::string(request.headers.get("X-Key")));
    response.body = request.body;
    return response;
  });
  ClientRequest request{.method = "PUT", .url = url("/a%20b?c=d")};
  request.headers.add("X-Key", "v");
  request.body = std::string("a\0b", 3);
  const auto response = client_->send(request, {});
  ASSERT_TRUE(response.has_value()) << response.error().reason();
  EXPECT_EQ(response->status, 418);
  EXPECT_EQ(response->headers.get("x-seen"), "PUT /a%20b?c=d v");
  EXPECT_EQ(response->body, request.body);
}

TEST_F(HttpClientTest, ConnectionsAreReused) {
  serve([](const Request&, const Cancellation&) { return Response{}; });
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(client_->send({.url = url("/")}, {}).has_value());
  EXPECT_EQ(server_->num_open_connections(), 1);
}

TEST_F(HttpClientTest, GzipAnswersAreUnpackedWithinTheLimit) {
  serve([](const Request&, const Cancellation&) { return Response{200, {}, std::string(100000, 'x')}; });
  EXPECT_EQ(client_->send({.url = url("/")}, {}).value().body, std::string(100000, 'x'));
  EXPECT_EQ(code_of({.url = url("/"), .max_response_bytes = 99999}), ErrorCode::kContentTooLong);
}

TEST_F(HttpClientTest, ABodyWithoutEndIsCutAtTheLimit) {
  const RawServer endless([](int fd) {
    read_head(fd);
    write_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n");
    while (write_all(fd, std::string(65536, 'x'))) {
    }
  });
  EXPECT_EQ(code_of({.url = endless.url(), .max_response_bytes = size_t{1} << 20}), ErrorCode::kContentTooLong);
}

TEST_F(HttpClientTest, HeadersWithoutEndAreCut) {
  const RawServer endless([](int fd) {
    read_head(fd);
    write_all(fd, "HTTP/1.1 200 OK\r\n");
    while (write_all(fd, "X-Pad: " + std::string(1000, 'x') + "\r\n")) {
    }
  });
  EXPECT_EQ(code_of({.url = endless.url()}), ErrorCode::kContentTooLong);
}

TEST_F(HttpClientTest, DeadlineEndsARequestThatIsNotAnswered) {
  const RawServer silent(&wait_for_close);
  const auto deadline = Cancellation::Clock::now() + milliseconds(50);
  EXPECT_EQ(code_of({.url = silent.url()}, Cancellation().with_deadline(deadline)), ErrorCode::kStatusTimeout);
  EXPECT_GE(Cancellation::Clock::now(), deadline);
}

TEST_F(HttpClientTest, CancellationEndsARequestThatIsNotAnswered) {
  std::atomic<bool> asked = false;
  const RawServer silent([&](int fd) {
    read_head(fd);
    asked = true;
    wait_for_close(fd);
  });
  const Cancellation cancellation;
  std::thread canceller([&] {
    while (!asked) std::this_thread::yield();
    cancellation.cancel();
  });
  EXPECT_EQ(code_of({.url = silent.url()}, cancellation), ErrorCode::kTaskCancelled);
  canceller.join();
}

TEST_F(HttpClientTest, RequestsRunAtTheSameTime) {
  std::atomic<int> waiting = 0;
  serve([&](const Request&, const Cancellation&) {
    ++waiting;
    while (waiting < 4) std::this_thread::yield();  // ends only if all four are here together
    return Response{};
  });
  std::vector<std::thread> threads;
  std::atomic<int> answered = 0;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { answered += client_->send({.url = url("/")}, {}).has_value() ? 1 : 0; });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered, 4);
}

TEST_F(HttpClientTest, BrokenAnswersAreErrors) {
  const RawServer resetting([](int fd) {
    read_head(fd);
    const linger now{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  });
  EXPECT_EQ(code_of({.url = resetting.url()}), ErrorCode::kIo);
  const RawServer garbage([](int fd) {
    read_head(fd);
    write_all(fd, std::string("\x01\x02 not http\r\n\r\n", 16));
  });
  EXPECT_EQ(code_of({.url = garbage.url()}), ErrorCode::kIo);
  const RawServer cut([](int fd) {
    read_head(fd);
    write_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort");
  });
  EXPECT_EQ(code_of({.url = cut.url()}), ErrorCode::kIo);
}

TEST_F(HttpClientTest, RedirectsAreAnAnswerUnlessAskedFor) {
  serve([](const Request& request, const Cancellation&) {
    Response response;
    if (request.target == "/from") {
      response.status = 302;
      response.headers.set("Location", "/to");
      response.body = "moved";
    } else {
      response.body = "here";
    }
    return response;
  });
  EXPECT_EQ(client_->send({.url = url("/from")}, {}).value().status, 302);
  std::string taken;
  const auto followed = client_->send({.url = url("/from"),
                                       .redirects = Redirects::kFollow,
                                       .sink =
                                           [&](std::string_view bytes) {
                                             taken += bytes;
                                             return base::Status();
                                           }},
                                      {});
  ASSERT_TRUE(followed.has_value()) << followed.error().reason();
  EXPECT_EQ(taken, "here");
  EXPECT_EQ(followed->url, url("/to"));
}

TEST_F(HttpClientTest, ARedirectToAnotherHostLosesTheCredentials) {
  std::string seen;
  const RawServer other([&](int fd) {
    seen = read_head(fd);
    write_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  });
  serve([&](const Request&, const Cancellation&) {
    Response response;
    response.status = 307;
    response.headers.set("Location", other.url("/x"));
    return response;
  });
  ClientRequest request{.url = url("/"), .redirects = Redirects::kFollow};
  request.headers.add("Authorization", "Bearer secret");
  request.headers.add("Range", "bytes=5-");
  ASSERT_EQ(client_->send(request, {}).value().status, 200);
  EXPECT_EQ(seen.find("secret"), std::string::npos) << seen;
  EXPECT_NE(seen.find("Range: bytes=5-"), std::string::npos) << seen;
}

TEST_F(HttpClientTest, RedirectsInACircleEnd) {
  serve([](const Request&, const Cancellation&) {
    Response response;
    response.status = 301;
    response.headers.set("Location", "/");
    return response;
  });
  EXPECT_EQ(code_of({.url = url("/"), .redirects = Redirects::kFollow}), ErrorCode::kIo);
}

TEST_F(HttpClientTest, PrivateAddressesAreRefusedBeforeConnecting) {
  for (const char* target : {"https://10.0.0.1/", "https://169.254.169.254/latest", "https://[fe80::1]/", "https://0.0.0.0/",
                             "https://[::ffff:192.168.0.1]/"}) {
    const auto response =
        client_->send({.url = target}, Cancellation().with_deadline(Cancellation::Clock::now() + milliseconds(5000)));
    ASSERT_FALSE(response.has_value()) << target;
    EXPECT_NE(response.error().reason().find("is not allowed: the address is a private or link-local one"), std::string::npos)
        << response.error().reason();
  }
}

TEST_F(HttpClientTest, PlainHttpIsForLoopback) {
  const auto response = client_->send({.url = "http://192.0.2.1/"}, {});
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().reason(),
            "connecting to [http://192.0.2.1:80] is not allowed: http:// is for loopback addresses only, use https://");
}

TEST_F(HttpClientTest, UnusableUrlsAndHeadersAreRefused) {
  for (const char* target : {"", "ftp://127.0.0.1/", "file:///etc/passwd", "http://user:pw@127.0.0.1/", "http://", "gopher://a"})
    EXPECT_EQ(code_of({.url = target}), ErrorCode::kIllegalArgument) << target;
  ClientRequest request{.url = "http://127.0.0.1:1/"};
  request.headers.add("X-A", "b\r\nX-C: d");
  EXPECT_EQ(code_of(request), ErrorCode::kIllegalArgument);
}

TEST_F(HttpClientTest, AClosedPortIsAnIoErrorThatNamesTheTargetOnly) {
  const auto response = client_->send({.url = "http://127.0.0.1:1/path?key=secret"}, {});
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code(), ErrorCode::kIo);
  EXPECT_EQ(response.error().reason().find("secret"), std::string::npos);
  EXPECT_NE(response.error().reason().find("http://127.0.0.1:1"), std::string::npos);
}

TEST_F(HttpClientTest, ASinkThatFailsEndsTheTransferWithItsError) {
  serve([](const Request&, const Cancellation&) { return Response{200, {}, std::string(1000000, 'x')}; });
  const auto response = client_->send(
      {.url = url("/"),
       .sink = [](std::string_view) -> base::Status { return base::Error(ErrorCode::kCircuitBreaking, std::string("disk full")); }},
      {});
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().reason(), "disk full");
}

}  // namespace
}  // namespace selene::net
