#include "inference/services/googlevertexai/service_account.h"

#include "base/base64.h"
#include "inference/services/remote/vendor_json.h"
#include "net/crypto.h"

namespace selene::inference {

using base::Error;
using base::ErrorCode;
using base::Result;

Result<ServiceAccount> ServiceAccount::parse(std::string_view json) {
  const auto document = base::JsonDocument::parse(json, 16);
  if (!document.has_value()) return Error(ErrorCode::kIllegalArgument, std::string("it is no JSON object"));
  ServiceAccount account;
  for (const auto& [key, target] : {std::pair{"client_email", &account.client_email},
                                    std::pair{"private_key", &account.private_key}, std::pair{"token_uri", &account.token_uri}}) {
    const base::JsonValue value = document->root()[key];
    if (!value.is_string() || value.as_string().empty())
      return Error(ErrorCode::kIllegalArgument, "it has no text under [{}]", std::string_view(key));
    *target = value.as_string();
  }
  return account;
}

std::string form_encode(std::string_view value) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : value) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    const auto byte = static_cast<unsigned char>(c);
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

Result<net::ClientRequest> service_account_token_request(const ServiceAccount& account, int64_t now_s) {
  base::JsonWriter claims;
  claims.begin_object().field("iss", account.client_email).field("scope", "https://www.googleapis.com/auth/cloud-platform");
  claims.field("aud", account.token_uri).field("iat", now_s).field("exp", now_s + 3600).end_object();
  const std::string signed_part =
      base::base64url_encode(R"({"alg":"RS256","typ":"JWT"})") + "." + base::base64url_encode(claims.text());
  ASSIGN_OR_RETURN(const std::string signature, net::rs256_sign(account.private_key, signed_part));
  net::ClientRequest request;
  request.method = "POST";
  request.url = account.token_uri;
  request.headers.add("Content-Type", "application/x-www-form-urlencoded");
  request.body = "grant_type=" + form_encode("urn:ietf:params:oauth:grant-type:jwt-bearer") + "&assertion=" + signed_part + "." +
                 base::base64url_encode(signature);
  return request;
}

Result<AccessToken> parse_oauth_token(std::string_view body, std::string_view service) {
  ASSIGN_OR_RETURN(const base::JsonDocument document, parse_answer(body, service));
  const base::JsonValue token = document.root()["access_token"];
  if (!token.is_string() || token.as_string().empty()) return missing_field("access_token", service, "token");
  const base::JsonValue lifetime = document.root()["expires_in"];
  AccessToken result{std::string(token.as_string()), 3600};
  if (lifetime.type() == base::JsonType::kInt64) result.expires_in_s = lifetime.as_int64();
  return result;
}

}  // namespace selene::inference
