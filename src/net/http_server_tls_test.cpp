#include <openssl/err.h>
#include <openssl/ssl.h>

#include "net/http_server_fixture.h"
#include "net/tls_fixture.h"

namespace selene::net {
namespace {

/// A blocking TLS client that trusts any certificate: what a test is about is the server.
class TlsClient {
 public:
  explicit TlsClient(uint16_t port, int max_version = TLS1_3_VERSION)
      : context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free),
        ssl_(nullptr, &SSL_free),
        fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    const timeval limit{20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    SSL_CTX_set_max_proto_version(context_.get(), max_version);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), fd_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;
  ~TlsClient() { hang_up(); }

  bool shake_hands() { return SSL_connect(ssl_.get()) == 1; }
  std::string version() const { return SSL_get_version(ssl_.get()); }
  bool send(std::string_view bytes) {
    return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size());
  }
  /// Says good-bye as TLS does, then closes.
  void hang_up() {
    if (fd_ < 0) return;
    if (SSL_is_init_finished(ssl_.get()) == 1) SSL_shutdown(ssl_.get());
    ::close(fd_);
    fd_ = -1;
  }
  /// Until `end` stands at the end of what came, or the server is done.
  std::string receive_until(std::string_view end) {
    std::string out;
    char block[4096];
    while (!out.ends_with(end) || end.empty()) {
      const int n = SSL_read(ssl_.get(), block, sizeof block);
      if (n <= 0) break;
      out.append(block, static_cast<size_t>(n));
    }
    return out;
  }
  /// Whether the server ended TLS before the connection, so that nothing can be missing.
  bool ended_in_order() {
    char byte = 0;
    const int n = SSL_read(ssl_.get(), &byte, 1);
    return n == 0 && SSL_get_error(ssl_.get(), n) == SSL_ERROR_ZERO_RETURN;
  }

 private:
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
  int fd_;
};

class HttpServerTlsTest : public TlsTest {
 protected:
  void start(ServerOptions options, RequestHandler handler) {
    options.port = 0;
    options.tls = this->options();
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
      response.body = request.method + " " + request.target + " " + std::to_string(request.body.size());
      return response;
    });
  }
  void TearDown() override {
    if (server_ != nullptr) server_->stop(std::chrono::seconds(5));
  }
  Gate gate_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTlsTest, AnswersSeveralRequestsOfOneConnectionInBothVersions) {
  start_echo();
  for (const auto& [version, name] : {std::pair(TLS1_2_VERSION, "TLSv1.2"), std::pair(TLS1_3_VERSION, "TLSv1.3")}) {
    TlsClient client(server_->port(), version);
    ASSERT_TRUE(client.shake_hands());
    EXPECT_EQ(client.version(), name);
    for (int i = 0; i < 3; ++i) {
      ASSERT_TRUE(client.send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n"));
      EXPECT_TRUE(has(client.receive_until("GET /x 0"), "HTTP/1.1 200 OK"));
    }
  }
}

TEST_F(HttpServerTlsTest, LargeBodiesGoBothWays) {
  start(ServerOptions(), [](const Request& request, const base::Cancellation&) {
    Response response;
    response.body = request.body + "end";
    return response;
  });
  TlsClient client(server_->port());
  ASSERT_TRUE(client.shake_hands());
  const std::string body(3 << 20, 'x');
  ASSERT_TRUE(client.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n"));
  ASSERT_TRUE(client.send(body));
  const std::string answer = client.receive_until("end");
  EXPECT_TRUE(has(answer, "Content-Length: " + std::to_string(body.size() + 3)));
  EXPECT_GT(answer.size(), body.size());
}

TEST_F(HttpServerTlsTest, EndsTlsBeforeTheConnection) {
  start_echo();
  TlsClient client(server_->port());
  ASSERT_TRUE(client.shake_hands());
  ASSERT_TRUE(client.send("GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
  EXPECT_TRUE(has(client.receive_until("GET /x 0"), "Connection: close"));
  EXPECT_TRUE(client.ended_in_order());
}

TEST_F(HttpServerTlsTest, FaultsAreAnsweredWholeWhileTheClientStillSends) {
  ServerOptions options;
  options.max_content_length_bytes = 1000;
  start_echo(options);
  TlsClient client(server_->port());
  ASSERT_TRUE(client.shake_hands());
  ASSERT_TRUE(client.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n"));
  client.send(std::string(100000, 'x'));
  EXPECT_TRUE(has(client.receive_until("[http.max_content_length]"), "HTTP/1.1 413"));
}

TEST_F(HttpServerTlsTest, PlainHttpIsAnswered400) {
  start_echo();
  Client client(server_->port());
  ASSERT_TRUE(client.send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n"));
  const std::string answer = client.receive();
  EXPECT_TRUE(has(answer, "HTTP/1.1 400 Bad Request")) << answer;
  EXPECT_TRUE(has(answer, "this port speaks HTTPS")) << answer;
  EXPECT_TRUE(client.closed());
}

TEST_F(HttpServerTlsTest, BytesThatAreNoTlsEndTheConnectionOnly) {
  start_echo();
  for (const std::string_view bytes : {std::string_view("\x16\x03\x01\xff\xff garbage", 13),
                                       std::string_view("\0\0\0\0\0\0\0\0", 8), std::string_view("SSH-2.0-OpenSSH_9.2\r\n")}) {
    Client client(server_->port());
    ASSERT_TRUE(client.send(bytes));
    if (bytes[0] == '\x16') client.hang_up();  // a record that promises more
  }
  TlsClient client(server_->port());
  ASSERT_TRUE(client.shake_hands());
  ASSERT_TRUE(client.send("GET /y HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_TRUE(has(client.receive_until("GET /y 0"), "200 OK"));
}

TEST_F(HttpServerTlsTest, ClientThatDoesNotShakeHandsIsLetGo) {
  ServerOptions options;
  options.header_timeout = std::chrono::milliseconds(50);
  start_echo(options);
  Client client(server_->port());
  EXPECT_TRUE(client.closed());
}

TEST_F(HttpServerTlsTest, StopsWhileClientsAreInTheHandshakeOrIdle) {
  start_echo();
  Client silent(server_->port());
  TlsClient idle(server_->port());
  ASSERT_TRUE(idle.shake_hands());
  ASSERT_TRUE(idle.send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n"));
  idle.receive_until("GET /x 0");
  server_->stop(std::chrono::seconds(60));  // would wait a minute for a connection that counts as busy
  EXPECT_EQ(server_->num_open_connections(), 0);
}

TEST_F(HttpServerTlsTest, GoodByeOfTheClientCancelsItsRequest) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    gate_.entered = gate_.cancelled = false;
    start(ServerOptions(), [this](const Request&, const base::Cancellation& cancellation) {
      std::unique_lock lock(gate_.mutex);
      gate_.entered = true;
      gate_.changed.notify_all();
      while (!cancellation.cancelled() && !gate_.open) gate_.changed.wait_for(lock, std::chrono::milliseconds(5));
      gate_.cancelled = cancellation.cancelled();
      gate_.changed.notify_all();
      return Response();
    });
    TlsClient client(server_->port(), version);
    ASSERT_TRUE(client.shake_hands());
    ASSERT_TRUE(client.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n"));
    std::unique_lock lock(gate_.mutex);
    ASSERT_TRUE(gate_.changed.wait_for(lock, std::chrono::seconds(20), [this] { return gate_.entered; }));
    client.hang_up();
    EXPECT_TRUE(gate_.changed.wait_for(lock, std::chrono::seconds(20), [this] { return gate_.cancelled; })) << version;
    gate_.open = true;
    lock.unlock();
    server_->stop(std::chrono::seconds(5));
    gate_.open = false;
  }
}

TEST(HttpServerTlsStartTest, UnusableCertificateFailsTheBind) {
  ServerOptions options;
  options.port = 0;
  options.tls.emplace();
  options.tls->certificate = "/nowhere/certificate.pem";
  const auto server = HttpServer::bind(options, [](const Request&, const base::Cancellation&) { return Response(); }, {});
  ASSERT_FALSE(server.has_value());
  EXPECT_EQ(server.error().reason(), "cannot use the certificate [/nowhere/certificate.pem]: there is no such file");
}

}  // namespace
}  // namespace selene::net
