#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancellation.h"
#include "base/json/json_document.h"
#include "base/result.h"
#include "net/http_types.h"

namespace selene::rest {

struct Authentication;

/// A request after routing: decoded path parts and URL parameters. One request, one thread.
class RestRequest {
 public:
  std::string_view method() const { return method_; }
  std::string_view path() const { return path_; }  ///< decoded, without the query
  /// A {name} part of the route, decoded; empty if the route has none.
  std::string_view path_param(std::string_view name) const;
  /// A URL parameter, decoded. Empty optional if absent.
  std::optional<std::string_view> param(std::string_view name) const;
  /// `true|false|""`. Errors: kIllegalArgument `Failed to parse value [x] as only [true] or [false] are allowed.`
  base::Result<bool> bool_param(std::string_view name, bool fallback) const;
  /// Errors: kIllegalArgument `Failed to parse int parameter [x] with value [y]`; long_param says `long`.
  base::Result<int64_t> int_param(std::string_view name, int64_t fallback) const;
  base::Result<int64_t> long_param(std::string_view name, int64_t fallback) const;
  base::Result<std::chrono::milliseconds> time_param(std::string_view name, std::chrono::milliseconds fallback) const;
  const std::vector<std::pair<std::string, std::string>>& params() const { return params_; }
  std::string_view body() const { return body_; }
  const net::Headers& headers() const { return *headers_; }
  const base::Cancellation& cancellation() const { return *cancellation_; }
  /// Who sent it; null where security is off. Lives as long as the request.
  const Authentication* authentication() const { return authentication_; }

 private:
  base::Result<int64_t> whole_number(std::string_view name, std::string_view kind, int64_t fallback) const;

  std::string_view method_;
  std::string path_;
  std::vector<std::pair<std::string, std::string>> path_params_;
  std::vector<std::pair<std::string, std::string>> params_;
  std::string_view body_;
  const net::Headers* headers_ = nullptr;
  const base::Cancellation* cancellation_ = nullptr;
  const Authentication* authentication_ = nullptr;
  friend class Router;
  friend class Dispatcher;
};

struct RestResponse {
  int status = 200;
  std::string body;  ///< JSON, unless content_type says otherwise
  std::string content_type = "application/json";
  net::Headers headers;
};

/// Routes, accepted parameters, parse, one call of a lower layer, render. No search logic. Thread-safe.
/// Handlers are listed in one table, rest/handlers/registry.cpp.
class RestHandler {
 public:
  struct Route {
    std::string_view method;  ///< "GET"; HEAD is answered by a route of its own or by GET
    std::string_view path;    ///< "/{index}/_doc/{id}"
  };
  virtual ~RestHandler() = default;
  virtual std::vector<Route> routes() const = 0;
  /// URL parameters besides pretty, human, error_trace, filter_path, format; any other is a 400 with "did you mean".
  virtual std::vector<std::string_view> parameters() const = 0;
  /// Whether the body may be NDJSON (`_bulk`, `_msearch`); JSON is always taken.
  virtual bool accepts_ndjson() const { return false; }
  virtual base::Result<RestResponse> handle(const RestRequest& request) = 0;
};

}  // namespace selene::rest
