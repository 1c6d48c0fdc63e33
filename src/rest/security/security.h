#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/result.h"
#include "rest/security/api_key_store.h"
#include "rest/security/authenticator.h"
#include "rest/security/password_verifier.h"
#include "rest/security/record_store.h"

namespace selene::rest {

/// The built-in superuser, who owns everything.
inline constexpr std::string_view kElasticUser = "elastic";
inline constexpr size_t kMinPasswordChars = 6;

struct SecurityOptions {
  RecordStore users;  ///< hashes of passwords by user name
  RecordStore api_keys;
  /// Of the user `elastic`; replaces the stored one. Empty: the stored one holds, and a random one is made if there is none.
  std::string password;
};

/// The users and API keys of this node. Thread-safe.
class Security final : public Authenticator {
 public:
  /// `clock` must outlive it. Errors: kIllegalArgument for a password below kMinPasswordChars bytes; those of the records.
  static base::Result<std::unique_ptr<Security>> load(SecurityOptions options, const base::Clock& clock);

  /// `/healthz` and `/readyz` need no credentials: `username` is empty then.
  base::Result<Authentication> authenticate(const net::Request& request) const override;

  ApiKeyStore& api_keys() { return *api_keys_; }
  /// The password that `load` made, once: the next call gives nothing.
  std::optional<std::string> take_generated_password() { return std::exchange(generated_password_, std::nullopt); }

 private:
  Security() = default;
  base::Status load_password(const SecurityOptions& options);
  base::Result<Authentication> authenticate_user(std::string_view target, std::string_view username,
                                                 std::string_view password) const;

  std::unique_ptr<PasswordVerifier> elastic_;
  std::unique_ptr<ApiKeyStore> api_keys_;
  std::optional<std::string> generated_password_;
};

}  // namespace selene::rest
