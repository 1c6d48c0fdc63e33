#include "net/http_server.h"

#include <string>
#include <vector>

#include "net/gzip.h"
#include "net/http_server_fixture.h"

namespace selene::net {
namespace {

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

}  // namespace
}  // namespace selene::net
