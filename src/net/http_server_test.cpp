#include "net/http_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

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

/// Lets a handler wait until the test says go (or its client has gone).
struct Gate {
  std::mutex mutex;
  std::condition_variable changed;
  bool entered = false;
  bool open = false;
  bool cancelled = false;
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
  Gate gate_;  ///< of the fixture: handlers may still use it while TearDown stops the server
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

TEST_F(HttpServerTest, ClientThatHangsUpCancelsItsRequest) {
  Gate& gate = gate_;
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
  Gate& gate = gate_;
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

TEST_F(HttpServerTest, ManagementIsAnsweredWhileAllWorkersAreTaken) {
  Gate& gate = gate_;
  ServerOptions options;
  options.num_worker_threads = 1;
  options.is_management = [](const Request& request) { return request.target == "/health"; };
  start(options, [&gate](const Request& request, const base::Cancellation&) {
    if (request.target == "/health") return Response{200, {}, "well"};
    std::unique_lock lock(gate.mutex);
    gate.entered = true;
    gate.changed.notify_all();
    gate.changed.wait(lock, [&] { return gate.open; });
    return Response{};
  });
  Client working = client();
  ASSERT_TRUE(working.send("GET /work HTTP/1.1\r\nHost: x\r\n\r\n"));
  {
    std::unique_lock lock(gate.mutex);
    gate.changed.wait(lock, [&] { return gate.entered; });
  }
  Client watching = client();
  ASSERT_TRUE(watching.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_TRUE(has(watching.receive(), "well"));
  const std::lock_guard lock(gate.mutex);
  gate.open = true;
  gate.changed.notify_all();
}

TEST_F(HttpServerTest, StopLetsARunningRequestFinish) {
  Gate& gate = gate_;
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

TEST_F(HttpServerTest, StopWithoutGraceCancelsTheRunningRequest) {
  Gate& gate = gate_;
  start(ServerOptions{}, [&gate](const Request&, const base::Cancellation& cancellation) {
    std::unique_lock lock(gate.mutex);
    gate.entered = true;
    gate.changed.notify_all();
    while (!cancellation.cancelled()) gate.changed.wait_for(lock, std::chrono::milliseconds(1));
    gate.cancelled = true;
    return Response{};
  });
  Client c = client();
  ASSERT_TRUE(c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  {
    std::unique_lock lock(gate.mutex);
    gate.changed.wait(lock, [&] { return gate.entered; });
  }
  server_->stop(std::chrono::milliseconds(0));
  EXPECT_TRUE(gate.cancelled);
  EXPECT_EQ(server_->num_open_connections(), 0);
}

TEST_F(HttpServerTest, ExceptionOfAHandlerIs500AndTheServerLives) {
  start(ServerOptions{}, [](const Request& request, const base::Cancellation&) -> Response {
    if (request.target == "/throw") throw std::runtime_error("foreign");
    return {};
  });
  Client c = client();
  ASSERT_TRUE(c.send("GET /throw HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_TRUE(c.receive().starts_with("HTTP/1.1 500 "));
  EXPECT_TRUE(c.receive().starts_with("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, BodiesInFlightAreBounded) {
  Gate& gate = gate_;
  ServerOptions options;
  options.max_content_length_bytes = 1000;
  options.max_in_flight_bytes = 1000;
  start(options, [&gate](const Request& request, const base::Cancellation&) {
    std::unique_lock lock(gate.mutex);
    gate.entered = true;
    gate.changed.notify_all();
    if (request.target == "/held") gate.changed.wait(lock, [&] { return gate.open; });
    return Response{};
  });
  const std::string body(600, 'x');
  Client held = client();
  ASSERT_TRUE(held.send("POST /held HTTP/1.1\r\nHost: x\r\nContent-Length: 600\r\n\r\n" + body));
  {
    std::unique_lock lock(gate.mutex);
    gate.changed.wait(lock, [&] { return gate.entered; });
  }
  Client refused = client();
  ASSERT_TRUE(refused.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 600\r\n\r\n" + body));
  const std::string answer = refused.receive();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 429 ")) << answer;
  EXPECT_TRUE(has(answer, "[in_flight_requests] Data too large, data for [<http_request>] would be [1200/1.1kb]")) << answer;
  {
    const std::lock_guard lock(gate.mutex);
    gate.open = true;
    gate.changed.notify_all();
  }
  EXPECT_TRUE(held.receive().starts_with("HTTP/1.1 200 "));
  Client after = client();
  // The held answer is on the wire before its memory is given back: ask on that connection first.
  ASSERT_TRUE(held.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_TRUE(held.receive().starts_with("HTTP/1.1 200 "));
  ASSERT_TRUE(after.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 600\r\n\r\n" + body));
  EXPECT_TRUE(after.receive().starts_with("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, LengthAndChunkedTogetherAreRefused) {
  start_echo();
  Client c = client();
  ASSERT_TRUE(c.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));
  EXPECT_TRUE(c.receive().starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(c.closed());
}

TEST_F(HttpServerTest, TransferEncodingsBesidesChunkedAre501) {
  start_echo();
  for (const char* coding : {"gzip", "gzip, chunked", "identity"}) {
    Client c = client();
    ASSERT_TRUE(c.send(std::string("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: ") + coding + "\r\n\r\n"));
    EXPECT_TRUE(c.receive().starts_with("HTTP/1.1 501 ")) << coding;
    EXPECT_TRUE(c.closed());
  }
}

TEST_F(HttpServerTest, UnknownContentEncodingIs415) {
  start_echo();
  Client c = client();
  ASSERT_TRUE(c.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx"));
  EXPECT_TRUE(c.receive().starts_with("HTTP/1.1 415 "));
}

TEST_F(HttpServerTest, ConnectionsOverTheLimitAreClosed) {
  ServerOptions options;
  options.max_connections = 1;
  start_echo(options);
  Client first = client();
  ASSERT_TRUE(first.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_TRUE(has(first.receive(), "GET /1"));
  EXPECT_TRUE(client().closed());
}

TEST_F(HttpServerTest, LargeAnswerReachesAClientThatReadsLate) {
  start(ServerOptions{}, [](const Request&, const base::Cancellation&) {
    Response response;
    response.body = std::string(20U << 20, 'b');
    return response;
  });
  Client c = client();
  ASSERT_TRUE(c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_GT(c.receive().size(), 20U << 20);
  EXPECT_GT(c.receive().size(), 20U << 20);
}

TEST_F(HttpServerTest, ManyClientsAtOnceGetTheirOwnAnswers) {
  ServerOptions options;
  options.num_io_threads = 2;
  start_echo(options);
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        Client c = client();
        const std::string path = "/" + std::to_string(t) + "/" + std::to_string(i);
        const bool sent = c.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\nGET " + path + "b HTTP/1.1\r\nHost: x\r\n\r\n");
        if (!sent || !has(c.receive(), "GET " + path + " ") || !has(c.receive(), "GET " + path + "b ")) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace selene::net
