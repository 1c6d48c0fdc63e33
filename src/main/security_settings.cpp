#include "main/security_settings.h"

#include <array>
#include <fstream>

#include "main/node_config.h"
#include "rest/comma_list.h"

namespace selene::main {

using base::Error;
using base::ErrorCode;

namespace {

constexpr std::string_view kEnabled = "xpack.security.enabled";
constexpr std::string_view kPassword = "bootstrap.password";
constexpr std::string_view kPasswordFile = "bootstrap.password_file";
constexpr std::string_view kTlsEnabled = "xpack.security.http.ssl.enabled";
constexpr std::string_view kCertificate = "xpack.security.http.ssl.certificate";
constexpr std::string_view kKey = "xpack.security.http.ssl.key";
constexpr std::string_view kKeyPassphrase = "xpack.security.http.ssl.key_passphrase";
constexpr std::array<std::string_view, 8> kSecuritySettings = {kEnabled,     kPassword, kPasswordFile,  kTlsEnabled,
                                                               kCertificate, kKey,      kKeyPassphrase, kSupportedProtocols};

base::Result<bool> parse_flag(const std::string& name, const std::string& value) {
  if (value == "true" || value == "false") return value == "true";
  return Error(ErrorCode::kIllegalArgument, "Failed to parse value [{}] for setting [{}]: only [true] or [false] are allowed",
               value, name);
}

}  // namespace

std::span<const std::string_view> security_setting_names() { return kSecuritySettings; }

base::Result<bool> apply_security_setting(SecurityConfig& config, const std::string& name, const std::string& value) {
  if (name == kEnabled) {
    ASSIGN_OR_RETURN(config.enabled, parse_flag(name, value));
  } else if (name == kTlsEnabled) {
    ASSIGN_OR_RETURN(config.tls_enabled, parse_flag(name, value));
  } else if (name == kPassword) {
    config.password = value;
  } else if (name == kPasswordFile) {
    config.password_file = value;
  } else if (name == kCertificate) {
    config.tls.certificate = value;
  } else if (name == kKey) {
    config.tls.key = value;
  } else if (name == kKeyPassphrase) {
    config.tls.key_passphrase = value;
  } else if (name == kSupportedProtocols) {
    config.tls.supported_protocols = rest::split_list(value);
  } else {
    return false;
  }
  return true;
}

base::Result<std::string> given_password(const SecurityConfig& config) {
  if (config.password_file.empty()) return config.password;
  if (!config.password.empty()) {
    return Error(ErrorCode::kIllegalArgument, "both [{}] (ELASTIC_PASSWORD) and [{}] (ELASTIC_PASSWORD_FILE) are set", kPassword,
                 kPasswordFile);
  }
  std::ifstream file(config.password_file);
  std::string password;
  std::getline(file, password);
  if (password.ends_with('\r')) password.pop_back();
  if (password.empty())
    return Error(ErrorCode::kIo, "cannot read a password from the file [{}] of [{}]", config.password_file.string(), kPasswordFile);
  return password;
}

base::Status check_address(const SecurityConfig& config, const std::string& host) {
  std::string missing;
  const auto needs = [&missing](bool is_there, std::string_view what) {
    if (!is_there) missing.append(missing.empty() ? "" : ", ").append(what);
  };
  if (!is_loopback(host)) {
    needs(config.enabled, "xpack.security.enabled: true");
    needs(config.tls_enabled, "xpack.security.http.ssl.enabled: true");
    needs(!config.tls.certificate.empty(), "xpack.security.http.ssl.certificate: FILE.pem");
    needs(!config.tls.key.empty(), "xpack.security.http.ssl.key: FILE.pem");
    if (missing.empty()) return {};
    return Error(ErrorCode::kIllegalArgument,
                 "refusing to listen on [{}]: an address that other machines reach needs credentials and TLS. Missing: {}. Set "
                 "these in selene.yml or with -E NAME=VALUE (the password of the user elastic comes from ELASTIC_PASSWORD, or is "
                 "made and shown at the first start), or set network.host to 127.0.0.1",
                 host, missing);
  }
  if (!config.tls_enabled) return {};
  needs(!config.tls.certificate.empty(), kCertificate);
  needs(!config.tls.key.empty(), kKey);
  if (missing.empty()) return {};
  return Error(ErrorCode::kIllegalArgument, "[{}] is true, but its files are not named. Missing: {}", kTlsEnabled, missing);
}

}  // namespace selene::main
