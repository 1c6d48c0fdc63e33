#include "rest/security/security.h"

#include <algorithm>

#include "base/base64.h"
#include "net/crypto.h"
#include "rest/security/authorization.h"
#include "rest/security/secret_hash.h"
#include "rest/url.h"

namespace selene::rest {

namespace {

using base::Error;
using base::ErrorCode;

constexpr size_t kGeneratedPasswordBytes = 15;  // 20 characters of base64
constexpr std::string_view kOpenPaths[] = {"/healthz", "/readyz"};

bool is_open(std::string_view target) {
  const std::string_view path = split_target(target).path;
  return std::find(std::begin(kOpenPaths), std::end(kOpenPaths), path) != std::end(kOpenPaths);
}

Error wrong_key(const Error& why) {
  return Error(ErrorCode::kSecurity,
               std::string("unable to authenticate with provided credentials and anonymous access is not allowed for this request"))
      .with("additional_unsuccessful_credentials", "API key: " + why.reason());
}

}  // namespace

base::Result<std::unique_ptr<Security>> Security::load(SecurityOptions options, const base::Clock& clock) {
  std::unique_ptr<Security> security(new Security());
  RETURN_IF_ERROR(security->load_password(options));
  ASSIGN_OR_RETURN(security->api_keys_, ApiKeyStore::load(std::move(options.api_keys), clock));
  return security;
}

base::Status Security::load_password(const SecurityOptions& options) {
  std::string password = options.password;
  if (!password.empty() && password.size() < kMinPasswordChars)
    return Error(ErrorCode::kIllegalArgument, "the password of [{}] must be at least [{}] characters long", kElasticUser,
                 kMinPasswordChars);
  ASSIGN_OR_RETURN(const auto records, options.users.load_all());
  const auto stored = records.find(std::string(kElasticUser));
  std::string hash = stored == records.end() ? std::string() : stored->second;
  if (password.empty() && hash.empty()) {
    ASSIGN_OR_RETURN(const std::string random, net::random_bytes(kGeneratedPasswordBytes));
    password = base::base64url_encode(random);
    generated_password_ = password;
  }
  if (!password.empty() && !secret_matches(password, hash)) {
    ASSIGN_OR_RETURN(hash, hash_secret(password, kPasswordIterations));
    RETURN_IF_ERROR(options.users.put(kElasticUser, hash));
  }
  ASSIGN_OR_RETURN(elastic_, PasswordVerifier::create(std::move(hash)));
  return {};
}

base::Result<Authentication> Security::authenticate_user(std::string_view target, std::string_view username,
                                                         std::string_view password) const {
  if (username == kElasticUser) {
    ASSIGN_OR_RETURN(const bool matches, elastic_->matches(password));
    if (matches) return Authentication{Authentication::Type::kRealm, std::string(kElasticUser), {}, {}};
  }
  return Error(ErrorCode::kSecurity, "unable to authenticate user [{}] for REST request [{}]", username, target);
}

base::Result<Authentication> Security::authenticate(const net::Request& request) const {
  if (is_open(request.target)) return Authentication{};
  ASSIGN_OR_RETURN(const Credentials credentials, parse_authorization(request.headers.get("Authorization")));
  if (const auto* basic = std::get_if<BasicCredentials>(&credentials))
    return authenticate_user(request.target, basic->username, basic->password);
  if (const auto* given = std::get_if<ApiKeyCredentials>(&credentials)) {
    auto key = api_keys_->authenticate(given->id, given->secret);
    if (!key) return wrong_key(key.error());
    return Authentication{Authentication::Type::kApiKey, std::move(key->username), std::move(key->id), std::move(key->name)};
  }
  return Error(ErrorCode::kSecurity, "missing authentication credentials for REST request [{}]", request.target);
}

}  // namespace selene::rest
