#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/cancellation.h"
#include "base/result.h"
#include "net/http_types.h"
#include "net/proxy_rules.h"

namespace selene::net {

/// Which resolved addresses may be connected to. Loopback is always allowed. Checked at connect, so a name that resolves to
/// something else the second time gains nothing. What goes through a proxy is the proxy's to judge.
enum class ClientTargets : uint8_t { kPublic, kPublicAndPrivate };
/// Where `http://` is taken: to this machine only, or anywhere.
enum class PlainHttp : uint8_t { kLoopbackOnly, kAnywhere };
/// kRefuse hands a 3xx answer to the caller as it is. kFollow follows up to 5 of them; credentials (`Authorization`) are dropped
/// when the host changes, and every hop obeys the rules above.
enum class Redirects : uint8_t { kRefuse, kFollow };

struct ClientOptions {
  ClientTargets targets = ClientTargets::kPublic;
  PlainHttp plain_http = PlainHttp::kLoopbackOnly;
  ProxyRules proxies;
  std::string ca_file;  ///< PEM of further certificate authorities; empty: the system's alone
  std::chrono::milliseconds connect_timeout{10000};
  int32_t max_connections_per_host = 64;  ///< requests beyond wait for one
  int32_t max_idle_connections = 64;
};

struct ClientRequest {
  std::string method = "GET";
  std::string url = {};  ///< http:// or https://, without user info
  Headers headers = {};
  std::string body = {};  ///< sent if not empty or if the method is POST, PUT or PATCH
  /// Of the answer's body after decoding; a longer one is kContentTooLong and the connection is closed.
  size_t max_response_bytes = size_t{16} << 20;
  Redirects redirects = Redirects::kRefuse;
  /// Takes the body of a 2xx answer piece by piece, in order, instead of ClientResponse::body; an error ends the transfer and is
  /// returned. Called on the client's thread: it must not wait for another request of the same client.
  std::function<base::Status(std::string_view bytes)> sink = {};
};

struct ClientResponse {
  int status = 0;
  Headers headers;  ///< of the last answer, names as sent
  std::string body;
  std::string url;  ///< the last one, after redirects
};

/// HTTP/1.1 and HTTP/2 requests with connection reuse, TLS with verification, and gzip (unless the request names an
/// Accept-Encoding). Thread-safe; requests run at the same time. Built on libcurl, which appears in http_client.cpp only.
class HttpClient {
 public:
  /// Errors: kIllegalState if the library cannot start, kIo for a CA file that cannot be read.
  static base::Result<std::unique_ptr<HttpClient>> create(ClientOptions options);
  /// REQUIRES: no request runs any more.
  virtual ~HttpClient() = default;

  /// Blocks until the answer is whole, the deadline passes or the request is cancelled. Any status is an answer.
  /// Errors: kIllegalArgument (URL, forbidden address or scheme), kIo (connect, TLS, reset, broken answer), kStatusTimeout
  /// (deadline, connect timeout), kTaskCancelled, kContentTooLong, the sink's. No error text holds headers, bodies or the URL's
  /// query.
  virtual base::Result<ClientResponse> send(const ClientRequest& request, const base::Cancellation& cancellation) = 0;
};

}  // namespace selene::net
