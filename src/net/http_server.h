#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/cancellation.h"
#include "base/result.h"
#include "net/http_types.h"
#include "net/tls_context.h"

namespace selene::net {

struct ServerOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 9200;  ///< 0: any free port, see HttpServer::port()
  size_t max_content_length_bytes = 100 * 1024 * 1024;
  size_t max_header_bytes = 16 * 1024;  ///< request line and headers together; larger: 431
  /// Bodies of all requests that are read or answered at a time; one that does not fit gets 429. At least the limit above.
  size_t max_in_flight_bytes = size_t{1} << 30;
  std::optional<TlsOptions> tls;  ///< absent: plain HTTP
  int num_io_threads = 1;
  int num_worker_threads = 8;      ///< the `http` pool: each request runs on one of them
  int max_queued_requests = 1000;  ///< waiting for a worker; one more gets 429
  /// Requests that this says true of run on threads of their own, the `management` pool, so that they are answered while all
  /// workers are taken. Called on an I/O thread: looks at method and target only. Empty: there are none.
  std::function<bool(const Request& request)> is_management;
  int num_management_threads = 2;
  int max_connections = 10000;
  std::chrono::milliseconds header_timeout{30000};  ///< of a TLS handshake too
  std::chrono::milliseconds body_idle_timeout{60000};
  std::chrono::milliseconds keep_alive_timeout{300000};
};

/// Answers one request. Runs on a worker or management thread; a foreign exception is answered 500. `cancellation` is set when the
/// client goes away.
using RequestHandler = std::function<Response(const Request& request, const base::Cancellation& cancellation)>;

/// What the server itself has to say: faults below the level of a request. Called on any thread.
struct FaultHandlers {
  std::function<Response(int status, std::string_view reason)> fault;  ///< 400, 413, 415, 429, 431, 500, 501, 505
};

/// HTTP/1.1 over TCP or TLS (RFC 9112): keep-alive, pipelining (answered in order), chunked and gzip requests, gzip answers when
/// `Accept-Encoding` allows and the body exceeds 1 KiB, `Expect: 100-continue`. A body over the limit is answered 413
/// without being read whole, and the connection is closed. Plain HTTP on a TLS port is answered 400. Memory follows the bytes that
/// arrive, never an announced length. Built on Boost.Beast, which appears in http_server.cpp only. Thread-safe.
class HttpServer {
 public:
  /// Binds and listens; requests are answered from `start()` on. Errors: kIo with host, port and the system's reason, those of
  /// make_tls_context.
  static base::Result<std::unique_ptr<HttpServer>> bind(ServerOptions options, RequestHandler handler, FaultHandlers faults);
  virtual ~HttpServer() = default;

  virtual void start() = 0;
  virtual uint16_t port() const = 0;
  /// Takes no new connections, lets running requests finish for at most `grace`, then closes all and joins. Idempotent.
  virtual void stop(std::chrono::milliseconds grace) = 0;
  virtual int64_t num_open_connections() const = 0;
};

}  // namespace selene::net
