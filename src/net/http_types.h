#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace selene::net {

/// Header names compare without case (RFC 9110, 5.1); order is kept.
class Headers {
 public:
  void add(std::string name, std::string value) { items_.emplace_back(std::move(name), std::move(value)); }
  /// Replaces all of that name.
  void set(std::string_view name, std::string value);
  void remove(std::string_view name);
  /// The first value of that name; empty if none.
  std::string_view get(std::string_view name) const;
  bool contains(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& items() const { return items_; }

 private:
  std::vector<std::pair<std::string, std::string>> items_;
};

/// One request, wholly read: the body is at most `ServerOptions::max_content_length_bytes` and already decoded
/// (chunked, gzip).
struct Request {
  std::string method;  ///< upper case: "GET", ...
  std::string target;  ///< as on the wire: path and query, still percent-encoded
  Headers headers;
  std::string body;
  std::string remote_address;  ///< "127.0.0.1"
};

/// `Content-Length`, `Connection` and compression are added by the server. To HEAD the body's length is sent, not the body.
struct Response {
  int status = 200;
  Headers headers;
  std::string body;
};

}  // namespace selene::net
