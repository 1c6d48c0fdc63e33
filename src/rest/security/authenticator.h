#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "net/http_types.h"

namespace selene::rest {

/// Who sent a request.
struct Authentication {
  enum class Type : uint8_t { kRealm, kApiKey };
  Type type = Type::kRealm;
  std::string username;      ///< of an API key: its owner
  std::string api_key_id;    ///< empty unless `type` is kApiKey
  std::string api_key_name;  ///< the same
};

/// Looks at a request before it is routed. Thread-safe.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  /// Errors: kSecurity (no, malformed or wrong credentials), kRejectedExecution (too many passwords are being compared).
  virtual base::Result<Authentication> authenticate(const net::Request& request) const = 0;
};

}  // namespace selene::rest
