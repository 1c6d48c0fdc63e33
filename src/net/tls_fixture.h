#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string_view>

#include "base/random_id.h"
#include "net/tls_context.h"

namespace selene::net {

/// `certificate.pem` for localhost, signed by itself, its `key.pem`, and the same key as `encrypted.pem` under the passphrase
/// "open sesame".
void write_test_certificate(const std::filesystem::path& folder);
/// A private key that belongs to no certificate.
void write_test_key(const std::filesystem::path& file);

/// A folder with such a certificate.
class TlsTest : public ::testing::Test {
 protected:
  TlsTest() : folder_(std::filesystem::temp_directory_path() / ("selene-tls-" + base::random_uuid())) {
    std::filesystem::create_directories(folder_);
    write_test_certificate(folder_);
  }
  ~TlsTest() override { std::filesystem::remove_all(folder_); }

  void write(std::string_view name, std::string_view text) const { std::ofstream(folder_ / name) << text; }
  TlsOptions options() const {
    TlsOptions options;
    options.certificate = folder_ / "certificate.pem";
    options.key = folder_ / "key.pem";
    return options;
  }

  std::filesystem::path folder_;
};

}  // namespace selene::net
