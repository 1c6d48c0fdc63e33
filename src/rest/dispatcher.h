#pragma once

#include <string_view>

#include "base/cancellation.h"
#include "net/http_types.h"
#include "rest/request_metrics.h"
#include "rest/router.h"
#include "rest/security/authenticator.h"

namespace selene::rest {

/// Everything between bytes and a handler: content negotiation, credentials, routing, parameter check, filter_path, pretty, YAML,
/// errors, the headers that every answer bears (`X-Elastic-Product`, `X-Opaque-Id`). Never throws: foreign exceptions become a 500,
/// lack of memory a 429. Thread-safe.
class Dispatcher {
 public:
  /// `metrics` and `authenticator` must outlive the dispatcher. `authenticator` null: security is off, everyone may do everything.
  Dispatcher(Router router, RequestMetrics& metrics, const Authenticator* authenticator = nullptr)
      : router_(std::move(router)), metrics_(metrics), authenticator_(authenticator) {}

  net::Response handle(const net::Request& request, const base::Cancellation& cancellation) const;
  /// The answer to a fault below the level of a request (too large, time-out, ...).
  net::Response fault(int status, std::string_view reason) const;
  const Router& router() const { return router_; }

 private:
  net::Response answer(const net::Request& request, const base::Cancellation& cancellation) const;
  base::Result<RestResponse> run(const net::Request& request, const base::Cancellation& cancellation) const;

  Router router_;
  RequestMetrics& metrics_;
  const Authenticator* authenticator_;
};

}  // namespace selene::rest
