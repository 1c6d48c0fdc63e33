#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/tls_context.h"

namespace selene::main {

struct SecurityConfig {
  bool enabled = false;                 ///< xpack.security.enabled
  std::string password;                 ///< bootstrap.password, of the user `elastic`; empty: not given
  std::filesystem::path password_file;  ///< bootstrap.password_file, whose first line is the password
  bool tls_enabled = false;             ///< xpack.security.http.ssl.enabled
  net::TlsOptions tls;                  ///< .certificate, .key, .key_passphrase, .supported_protocols
};

inline constexpr std::string_view kSupportedProtocols = "xpack.security.http.ssl.supported_protocols";

/// Sets one setting of security by its name in selene.yml (docs/configuration.md). False if it is none of them.
/// Errors: kIllegalArgument (wrong value).
base::Result<bool> apply_security_setting(SecurityConfig& config, const std::string& name, const std::string& value);
std::span<const std::string_view> security_setting_names();

/// The password that the settings give, directly or in a file; empty if none. Errors: kIllegalArgument (both), kIo.
base::Result<std::string> given_password(const SecurityConfig& config);

/// What must hold before a server listens on `host`: beside loopback both credentials and TLS, and TLS never without its files.
/// Errors: kIllegalArgument that names the settings that are missing.
base::Status check_address(const SecurityConfig& config, const std::string& host);

}  // namespace selene::main
