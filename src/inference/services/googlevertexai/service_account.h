#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "inference/services/remote/vendor_model.h"

namespace selene::inference {

/// The parts of Google's service account file that signing needs.
struct ServiceAccount {
  std::string client_email;
  std::string private_key;  ///< PEM
  std::string token_uri;

  /// Errors: kIllegalArgument naming what is missing, nothing of what is there.
  static base::Result<ServiceAccount> parse(std::string_view json);
};

/// The request that trades a signed claim for an access token (RFC 7523): a JWT with RS256, valid for an hour from `now_s`.
base::Result<net::ClientRequest> service_account_token_request(const ServiceAccount& account, int64_t now_s);
/// {"access_token","expires_in"}. Errors: kStatusBadRequest.
base::Result<AccessToken> parse_oauth_token(std::string_view body, std::string_view service);
/// application/x-www-form-urlencoded text of one value.
std::string form_encode(std::string_view value);

}  // namespace selene::inference
