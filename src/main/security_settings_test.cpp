#include "main/security_settings.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/random_id.h"

namespace selene::main {
namespace {

std::string refusal(const SecurityConfig& config, const std::string& host) {
  const base::Status status = check_address(config, host);
  return status.has_value() ? "accepted" : status.error().reason();
}

TEST(SecuritySettingsTest, LoopbackNeedsNothing) {
  EXPECT_EQ(refusal({}, "127.0.0.1"), "accepted");
  EXPECT_EQ(refusal({}, "::1"), "accepted");
}

TEST(SecuritySettingsTest, OtherAddressesNeedCredentialsAndTls) {
  SecurityConfig config;
  EXPECT_TRUE(refusal(config, "0.0.0.0").starts_with("refusing to listen on [0.0.0.0]"));
  config.enabled = true;
  std::string why = refusal(config, "10.0.0.1");
  EXPECT_EQ(why.find("xpack.security.enabled"), std::string::npos) << why;
  EXPECT_NE(why.find("Missing: xpack.security.http.ssl.enabled: true, xpack.security.http.ssl.certificate: FILE.pem, "
                     "xpack.security.http.ssl.key: FILE.pem."),
            std::string::npos)
      << why;
  config.tls_enabled = true;
  config.tls.certificate = "c.pem";
  config.tls.key = "k.pem";
  EXPECT_EQ(refusal(config, "10.0.0.1"), "accepted");
  config.enabled = false;
  why = refusal(config, "::");
  EXPECT_NE(why.find("Missing: xpack.security.enabled: true."), std::string::npos) << why;
}

TEST(SecuritySettingsTest, TlsNeedsItsFilesOnLoopbackToo) {
  SecurityConfig config;
  config.tls_enabled = true;
  config.tls.key = "k.pem";
  EXPECT_EQ(refusal(config, "127.0.0.1"),
            "[xpack.security.http.ssl.enabled] is true, but its files are not named. Missing: xpack.security.http.ssl.certificate");
}

TEST(SecuritySettingsTest, PasswordComesFromTheSettingOrTheFirstLineOfAFile) {
  const auto file = std::filesystem::temp_directory_path() / base::random_uuid();
  SecurityConfig config;
  EXPECT_EQ(given_password(config).value(), "");
  config.password = "changeme";
  EXPECT_EQ(given_password(config).value(), "changeme");
  config.password_file = file;
  EXPECT_FALSE(given_password(config).has_value());  // both
  config.password.clear();
  EXPECT_FALSE(given_password(config).has_value());  // no such file
  std::ofstream(file) << "from a file\r\nmore\n";
  EXPECT_EQ(given_password(config).value(), "from a file");
  std::ofstream(file) << "\n";
  EXPECT_FALSE(given_password(config).has_value());
  std::filesystem::remove(file);
}

TEST(SecuritySettingsTest, NamesAreElasticsearchs) {
  SecurityConfig config;
  for (const auto& [name, value] :
       {std::pair("xpack.security.enabled", "true"), std::pair("xpack.security.http.ssl.enabled", "true"),
        std::pair("xpack.security.http.ssl.certificate", "c.pem"), std::pair("xpack.security.http.ssl.key", "k.pem"),
        std::pair("xpack.security.http.ssl.key_passphrase", "sesame"),
        std::pair("xpack.security.http.ssl.supported_protocols", "TLSv1.3"), std::pair("bootstrap.password", "changeme"),
        std::pair("bootstrap.password_file", "f")})
    EXPECT_TRUE(apply_security_setting(config, name, value).value()) << name;
  EXPECT_TRUE(config.enabled && config.tls_enabled);
  EXPECT_EQ(config.tls.certificate, "c.pem");
  EXPECT_EQ(config.tls.key, "k.pem");
  EXPECT_EQ(config.tls.key_passphrase, "sesame");
  EXPECT_EQ(config.tls.supported_protocols, std::vector<std::string>{"TLSv1.3"});
  EXPECT_EQ(config.password, "changeme");
  EXPECT_EQ(config.password_file, "f");
  EXPECT_FALSE(apply_security_setting(config, "xpack.security.authc", "x").value());
  EXPECT_FALSE(apply_security_setting(config, "xpack.security.enabled", "yes").has_value());
}

}  // namespace
}  // namespace selene::main
