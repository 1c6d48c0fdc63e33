#include "rest/security/secret_hash.h"

#include <gtest/gtest.h>

namespace selene::rest {
namespace {

TEST(SecretHashTest, MatchesItsSecretOnly) {
  const std::string hash = hash_secret("correct horse", 1000).value();
  EXPECT_TRUE(secret_matches("correct horse", hash));
  EXPECT_FALSE(secret_matches("correct horsE", hash));
  EXPECT_FALSE(secret_matches("", hash));
}

TEST(SecretHashTest, HoldsASaltAndNotTheSecret) {
  const std::string one = hash_secret("correct horse", 1).value();
  const std::string two = hash_secret("correct horse", 1).value();
  EXPECT_NE(one, two);
  EXPECT_EQ(one.find("correct"), std::string::npos);
  EXPECT_TRUE(one.starts_with("pbkdf2_sha512$1$"));
}

// Computed with Python's hashlib.pbkdf2_hmac("sha512", b"secret1", b"0123456789abcdef", 10, 32): stored hashes stay readable.
TEST(SecretHashTest, ReadsAHashOfAnotherImplementation) {
  constexpr std::string_view kHash = "pbkdf2_sha512$10$MDEyMzQ1Njc4OWFiY2RlZg==$lWJwZ/6bSmM25Kv50guWssJedTOMU+fOKNf9L1QADvI=";
  EXPECT_TRUE(secret_matches("secret1", kHash));
}

TEST(SecretHashTest, AnyOtherTextMatchesNothing) {
  const std::string hash = hash_secret("x", 1).value();
  for (const std::string& text :
       {std::string(), std::string("$$$"), std::string("pbkdf2_sha512$1$$"), "bcrypt" + hash.substr(13), hash + "$", hash.substr(1),
        "pbkdf2_sha512$0" + hash.substr(15), "pbkdf2_sha512$99999999999" + hash.substr(15), "pbkdf2_sha512$-1" + hash.substr(15),
        hash.substr(0, hash.size() - 4)})
    EXPECT_FALSE(secret_matches("x", text)) << text;
}

}  // namespace
}  // namespace selene::rest
