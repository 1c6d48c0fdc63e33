#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"

namespace selene::rest {

struct BasicCredentials {
  std::string username;
  std::string password;
};

struct ApiKeyCredentials {
  std::string id;
  std::string secret;
};

/// Monostate: no credentials of a scheme that is known here.
using Credentials = std::variant<std::monostate, BasicCredentials, ApiKeyCredentials>;

/// What an `Authorization` header says: `Basic base64(user:password)` (RFC 7617), `ApiKey base64(id:api_key)`, and the same key as
/// plain `id:api_key`. Scheme names compare without case. Errors: kSecurity for one of these schemes with a value that is none;
/// nothing of the value is told.
base::Result<Credentials> parse_authorization(std::string_view header);

}  // namespace selene::rest
