#include "net/http_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "net/gzip.h"

namespace selene::net {
namespace {

/// A plain blocking client socket: what goes over the wire is what the test says.
class Client {
 public:
  explicit Client(uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    const timeval limit{20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  ~Client() { hang_up(); }
  void hang_up() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  /// False once the server has closed its side.
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    return true;
  }
  /// One answer: head and as many body bytes as Content-Length says (`body` kNone: a HEAD's answer).
  enum class Body { kExpected, kNone };
  std::string receive(Body body = Body::kExpected) {
    size_t end = 0;
    while ((end = pending_.find("\r\n\r\n")) == std::string::npos) {
      if (!fill()) return std::exchange(pending_, {});
    }
    end += 4;
    const size_t at = pending_.find("Content-Length: ");
    size_t length = 0;
    if (body == Body::kExpected && at != std::string::npos && at < end) length = std::stoul(pending_.substr(at + 16));
    while (pending_.size() < end + length) {
      if (!fill()) break;
    }
    std::string answer = pending_.substr(0, end + length);
    pending_.erase(0, end + length);
    return answer;
  }
  /// True if the server closes without another byte.
  bool closed() { return pending_.empty() && !fill(); }

 private:
  bool fill() {
    char block[4096];
    const ssize_t n = ::recv(fd_, block, sizeof block, 0);
    if (n <= 0) return false;
    pending_.append(block, static_cast<size_t>(n));
    return true;
  }
  int fd_;
  std::string pending_;
};

class HttpServerTest : public ::testing::Test {
 protected:
  void start(ServerOptions options, RequestHandler handler) {
    options.port = 0;
    auto server = HttpServer::bind(options, std::move(handler), FaultHandlers{[](int status, std::string_view reason) {
                                     Response response;
                                     response.status = status;
                                     response.body = std::string("fault: ") + std::string(reason);
                                     return response;
                                   }});
    ASSERT_TRUE(server.has_value()) << server.error().reason();
    server_ = std::move(*server);
    server_->start();
  }
  void start_echo(ServerOptions options = {}) {
    start(std::move(options), [](const Request& request, const base::Cancellation&) {
      Response response;
      response.body = request.method + " " + request.target + " " + request.body;
      return response;
    });
  }
  Client client() const { return Client(server_->port()); }
  void TearDown() override {
    if (server_ != nullptr) server_->stop(std::chrono::seconds(5));
  }
  std::unique_ptr<HttpServer> server_;
};

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

TEST_F(HttpServerTest, KeepsTheConnectionForTheNextRequest) {
  start_echo();
  Client c = client();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(c.send("POST /a?b=%20c HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"));
    const std::string answer = c.receive();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
    EXPECT_TRUE(answer.ends_with("POST /a?b=%20c hi")) << answer;
  }
}

TEST_F(HttpServerTest, PipelinedRequestsAreAnsweredInOrder) {
  start_echo();
  Client c = client();
  ASSERT_TRUE(
      c.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\nGET /3 HTTP/1.1\r\nHost: x\r\nConnection: "
             "close\r\n\r\n"));
  EXPECT_TRUE(has(c.receive(), "GET /1 "));
  EXPECT_TRUE(has(c.receive(), "GET /2 "));
  EXPECT_TRUE(has(c.receive(), "GET /3 "));
  EXPECT_TRUE(c.closed());
}

TEST_F(HttpServerTest, ChunkedBodyIsJoined) {
  start_echo();
  Client c = client();
  ASSERT_TRUE(c.send("PUT /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n"));
  EXPECT_TRUE(c.receive().ends_with("PUT /c abcdefg"));
}

TEST_F(HttpServerTest, GzipBothWays) {
  start_echo();
  Client c = client();
  const std::string text(5000, 'z');
  const std::string body = gzip_compress(text);
  ASSERT_TRUE(c.send("POST /g HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nAccept-Encoding: deflate, gzip\r\nContent-Length: " +
                     std::to_string(body.size()) + "\r\n\r\n" + body));
  const std::string answer = c.receive();
  EXPECT_TRUE(has(answer, "Content-Encoding: gzip"));
  const auto plain = gzip_decompress(std::string_view(answer).substr(answer.find("\r\n\r\n") + 4), 1 << 20);
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(*plain, "POST /g " + text);
}

TEST_F(HttpServerTest, IdentityIsAnsweredUncompressed) {
  start(ServerOptions{}, [](const Request&, const base::Cancellation&) {
    Response response;
    response.body = std::string(3000, 'a');
    return response;
  });
  Client c = client();
  ASSERT_TRUE(c.send("GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: identity\r\n\r\n"));
  EXPECT_FALSE(has(c.receive(), "Content-Encoding"));
  ASSERT_TRUE(c.send("GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip;q=0\r\n\r\n"));
  EXPECT_FALSE(has(c.receive(), "Content-Encoding"));
}

TEST_F(HttpServerTest, GzipBombIsRefusedAtTheLimit) {
  ServerOptions options;
  options.max_content_length_bytes = 10000;
  start_echo(options);
  Client c = client();
  const std::string body = gzip_compress(std::string(1 << 20, '0'));
  ASSERT_LT(body.size(), 10000U);
  ASSERT_TRUE(c.send("POST /g HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: " + std::to_string(body.size()) +
                     "\r\n\r\n" + body));
  EXPECT_TRUE(c.receive().starts_with("HTTP/1.1 413 "));
}

TEST_F(HttpServerTest, DamagedGzipIs400) {
  start_echo();
  Client c = client();
  ASSERT_TRUE(c.send("POST /g HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope"));
  EXPECT_TRUE(c.receive().starts_with("HTTP/1.1 400 "));
}

TEST_F(HttpServerTest, TooLongBodyIs413AndCloses) {
  ServerOptions options;
  options.max_content_length_bytes = 100;
  start_echo(options);
  Client by_length = client();
  ASSERT_TRUE(by_length.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\n"));
  EXPECT_TRUE(by_length.receive().starts_with("HTTP/1.1 413 "));
  EXPECT_TRUE(by_length.closed());
  Client chunked = client();
  ASSERT_TRUE(
      chunked.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n80\r\n" + std::string(128, 'x') + "\r\n"));
  EXPECT_TRUE(chunked.receive().starts_with("HTTP/1.1 413 "));
}

TEST_F(HttpServerTest, BodyAtTheLimitPasses) {
  ServerOptions options;
  options.max_content_length_bytes = 100;
  start_echo(options);
  Client c = client();
  ASSERT_TRUE(c.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n" + std::string(100, 'x')));
  EXPECT_TRUE(c.receive().starts_with("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, TooLongHeadersAre431) {
  ServerOptions options;
  options.max_header_bytes = 500;
  start_echo(options);
  Client c = client();
  ASSERT_TRUE(c.send("GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + std::string(1000, 'y') + "\r\n\r\n"));
  EXPECT_TRUE(c.receive().starts_with("HTTP/1.1 431 "));
}

TEST_F(HttpServerTest, GarbageIs400) {
  start_echo();
  Client c = client();
  ASSERT_TRUE(c.send("\x16\x03\x01 nonsense\r\n\r\n"));
  EXPECT_TRUE(c.receive().starts_with("HTTP/1.1 400 "));
}

TEST_F(HttpServerTest, SlowHeadersEndTheConnection) {
  ServerOptions options;
  options.header_timeout = std::chrono::milliseconds(50);
  start_echo(options);
  Client c = client();
  ASSERT_TRUE(c.send("GET / HTT"));
  EXPECT_TRUE(c.closed());
}

TEST_F(HttpServerTest, HeadHasLengthButNoBody) {
  start_echo();
  Client c = client();
  ASSERT_TRUE(c.send("HEAD /x HTTP/1.1\r\nHost: x\r\n\r\nGET /y HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_TRUE(has(c.receive(Client::Body::kNone), "Content-Length: 8\r\n"));
  EXPECT_TRUE(c.receive().ends_with("GET /y "));
}

TEST_F(HttpServerTest, Expect100ContinueIsAnswered) {
  start_echo();
  Client c = client();
  ASSERT_TRUE(c.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
  EXPECT_TRUE(c.receive().starts_with("HTTP/1.1 100 "));
  ASSERT_TRUE(c.send("ok"));
  EXPECT_TRUE(c.receive().ends_with("POST / ok"));
}

/// Lets a handler wait until the test says go (or its client has gone).
struct Gate {
  std::mutex mutex;
  std::condition_variable changed;
  bool entered = false;
  bool open = false;
  bool cancelled = false;
};

TEST_F(HttpServerTest, ClientThatHangsUpCancelsItsRequest) {
  Gate gate;
  start(ServerOptions{}, [&gate](const Request&, const base::Cancellation& cancellation) {
    std::unique_lock lock(gate.mutex);
    gate.entered = true;
    gate.changed.notify_all();
    while (!cancellation.cancelled()) gate.changed.wait_for(lock, std::chrono::milliseconds(1));
    gate.cancelled = true;
    gate.changed.notify_all();
    return Response{};
  });
  Client c = client();
  ASSERT_TRUE(c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  std::unique_lock lock(gate.mutex);
  gate.changed.wait(lock, [&] { return gate.entered; });
  c.hang_up();
  EXPECT_TRUE(gate.changed.wait_for(lock, std::chrono::seconds(20), [&] { return gate.cancelled; }));
}

TEST_F(HttpServerTest, FullQueueIs429) {
  Gate gate;
  ServerOptions options;
  options.num_worker_threads = 1;
  options.max_queued_requests = 1;
  start(options, [&gate](const Request&, const base::Cancellation&) {
    std::unique_lock lock(gate.mutex);
    gate.entered = true;
    gate.changed.notify_all();
    gate.changed.wait(lock, [&] { return gate.open; });
    return Response{};
  });
  Client running = client();
  ASSERT_TRUE(running.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  {
    std::unique_lock lock(gate.mutex);
    gate.changed.wait(lock, [&] { return gate.entered; });
  }
  // The next one waits in the queue; with the queue full, one more is refused while the first still runs.
  Client queued = client();
  std::string answer;
  ASSERT_TRUE(queued.send("GET /queued HTTP/1.1\r\nHost: x\r\n\r\n"));
  // Requests of different connections have no order between them: send until one comes back refused.
  while (!answer.starts_with("HTTP/1.1 429 ")) {
    Client next = client();
    ASSERT_TRUE(next.send("GET /next HTTP/1.1\r\nHost: x\r\n\r\n"));
    answer = next.receive();
  }
  EXPECT_TRUE(has(answer, "fault: rejected execution")) << answer;
  const std::lock_guard lock(gate.mutex);
  gate.open = true;
  gate.changed.notify_all();
}

TEST_F(HttpServerTest, StopLetsARunningRequestFinish) {
  Gate gate;
  start(ServerOptions{}, [&gate](const Request&, const base::Cancellation&) {
    std::unique_lock lock(gate.mutex);
    gate.entered = true;
    gate.changed.notify_all();
    gate.changed.wait(lock, [&] { return gate.open; });
    Response response;
    response.body = "finished";
    return response;
  });
  Client c = client();
  ASSERT_TRUE(c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  {
    std::unique_lock lock(gate.mutex);
    gate.changed.wait(lock, [&] { return gate.entered; });
  }
  std::thread stopper([&] { server_->stop(std::chrono::seconds(20)); });
  {
    const std::lock_guard lock(gate.mutex);
    gate.open = true;
    gate.changed.notify_all();
  }
  EXPECT_TRUE(c.receive().ends_with("finished"));
  stopper.join();
  EXPECT_TRUE(c.closed());
}

TEST_F(HttpServerTest, PortInUseIsAnErrorThatNamesIt) {
  start_echo();
  ServerOptions options;
  options.port = server_->port();
  const auto second = HttpServer::bind(options, {}, {});
  ASSERT_FALSE(second.has_value());
  EXPECT_TRUE(has(second.error().reason(), std::to_string(server_->port())));
}

}  // namespace
}  // namespace selene::net
