#include "net/crypto.h"

#include <gtest/gtest.h>

#include "base/base64.h"

namespace selene::net {
namespace {

TEST(CryptoTest, WhatIsSealedOpensWithTheSameKeyAndContextOnly) {
  const std::string key(kSealKeyBytes, 'k');
  const std::string sealed = seal(key, R"({"api_key":"secret"})", "endpoint-1").value();
  EXPECT_EQ(sealed.find("secret"), std::string::npos);
  EXPECT_EQ(open_sealed(key, sealed, "endpoint-1").value(), R"({"api_key":"secret"})");
  EXPECT_FALSE(open_sealed(key, sealed, "endpoint-2").has_value());
  EXPECT_FALSE(open_sealed(std::string(kSealKeyBytes, 'x'), sealed, "endpoint-1").has_value());
  EXPECT_NE(seal(key, "a", "").value(), seal(key, "a", "").value());
}

TEST(CryptoTest, ChangedOrCutBytesDoNotOpen) {
  const std::string key(kSealKeyBytes, 'k');
  const std::string sealed = seal(key, "secret", "").value();
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(open_sealed(key, changed, "").has_value()) << i;
    EXPECT_FALSE(open_sealed(key, sealed.substr(0, i), "").has_value()) << i;
  }
}

// A key made for this test alone; the signature is what `openssl dgst -sha256 -sign` gives for it.
constexpr std::string_view kKey = R"(-----BEGIN PRIVATE KEY-----
MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBALm1RcDAzMUg3zyc
71OuSN16ayAOzZQHgrss58FY6qALlDZ/mg4kqOaBa77+xllM75LZRlLaX8+k3qW3
6btAbSsl/zDHLRyuiYEGz3/uTgAPeSbTYIwGh0RVnLJrNMjIz0nzChBns91eYu2E
70BbxTD+dQfZ5d21fcugmurpq+1XAgMBAAECgYA4PIKg+kGIOIohisyWpKKAH0At
dw4eE6AtGk4cKNb0HE2Hq2B1g/h5xRthvTlHdZre91jqYiK9eInL2UO4Zqwn7qqf
lFL+YOjP1Y54OwsHuSMU9vZESOMba5lTgi/PnRtYFZv37GICxVUW5/C6pvkQ2FtR
3QqaShlttQp5I43jIQJBAOQmPkte7blyiuNUqSl9nIw+C+xmQ0oPCtRG8deWsT1+
MsDT88ZJMIWQW/F+F2GX1E0B4HrEYAVFb0M9oVxG12kCQQDQYLjqI4rGqZ4Bco9x
G2AhfsYMyFkAEec5ZhGKAOConJaAC5NtxMZlZrOQtkr1Ojzqq0nv6CYyMohlnh3z
xsa/AkBx7FrM3gEMyhJqQ7sYmb2TFeR0TfgpweshZq+afIfScfK78NpYV/GfsB8J
LnJUbDE5psdF5ksgNrTBOcQaRNGJAkA/uXSTVe84teJ2OtyXEHIjjCtw+UwOc2ss
6IPwmjgaGFkGK4QYi5bIp9G+LaFawUaj1WI1Fd+odj+0I9ixFlbtAkEA2ovlLXCS
Vq5xzx8nv4N0ENS6c/ckR7eS6oPiboIF87wirMTRLuEgDGc7NWFVwVUQUO205K1Q
ub+XSJHBSAIrzA==
-----END PRIVATE KEY-----
)";
constexpr std::string_view kSignature =
    "hLHNw5cPpOtWbUkGkbcCD2ge+WkUWcRB3vHbzu0LCjxIxRXhwcPnSKDYgituFscllou+gL1tBsqoAAZ30Amgz6I5iBe3KASd+CwhXGK8dysEn2rN6r54a/"
    "I65a17xvkDwSrJjvM9pZI43quVzCyMnDcVwrQ0QWgZ+okeXAk69Bw=";

TEST(CryptoTest, Rs256SignatureEqualsOpenssls) {
  EXPECT_EQ(base::base64_encode(rs256_sign(kKey, "header.claims").value()), kSignature);
}

TEST(CryptoTest, WhatIsNoRsaKeyIsRefusedWithoutBeingShown) {
  for (const char* key : {"", "-----BEGIN PRIVATE KEY-----\nhidden\n-----END PRIVATE KEY-----\n", "hidden"}) {
    const auto signature = rs256_sign(key, "x");
    ASSERT_FALSE(signature.has_value());
    EXPECT_EQ(signature.error().reason().find("hidden"), std::string::npos);
  }
}

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) out += base::format("{:02x}", static_cast<unsigned>(static_cast<uint8_t>(c)));
  return out;
}

// Expected values: Python's hashlib.pbkdf2_hmac("sha512", ...).
TEST(CryptoTest, Pbkdf2EqualsAnotherImplementation) {
  EXPECT_EQ(hex(pbkdf2_sha512("password", "salt", 1, 32).value()),
            "867f70cf1ade02cff3752599a3a53dc4af34c7a669815ae5d513554e1c8cf252");
  EXPECT_EQ(hex(pbkdf2_sha512(std::string_view("pa\0ss", 5), "a salt of more", 4096, 16).value()),
            "a6b1051ca1a135bc728d3942a340b467");
}

TEST(CryptoTest, ConstantTimeComparisonTellsEqualFromDifferent) {
  EXPECT_TRUE(equal_in_constant_time("secret", "secret"));
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_FALSE(equal_in_constant_time("secret", "secreT"));
  EXPECT_FALSE(equal_in_constant_time("secret", "secret1"));
}

}  // namespace
}  // namespace selene::net
