#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "net/http_server.h"

namespace selene::net {

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

inline bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace selene::net
