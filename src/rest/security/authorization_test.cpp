#include "rest/security/authorization.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "tests/reference/test_random.h"

namespace selene::rest {
namespace {

std::string basic(std::string_view pair) { return "Basic " + base::base64_encode(pair); }

std::string fault(std::string_view header) {
  const auto parsed = parse_authorization(header);
  if (parsed.has_value()) return "no error";
  EXPECT_EQ(parsed.error().code(), base::ErrorCode::kSecurity);
  return parsed.error().reason();
}

TEST(AuthorizationTest, BasicIsUserAndPassword) {
  for (const std::string& header : {basic("elastic:a:b c"), "basic   " + base::base64_encode("elastic:a:b c") + " "}) {
    const auto parsed = parse_authorization(header);
    ASSERT_TRUE(parsed.has_value());
    const auto* credentials = std::get_if<BasicCredentials>(&*parsed);
    ASSERT_NE(credentials, nullptr) << header;
    EXPECT_EQ(credentials->username, "elastic");
    EXPECT_EQ(credentials->password, "a:b c");  // only the first colon parts them (RFC 7617, 2)
  }
  EXPECT_EQ(std::get<BasicCredentials>(*parse_authorization(basic("elastic:"))).password, "");
}

TEST(AuthorizationTest, ApiKeyIsTakenEncodedAndPlain) {
  for (const std::string& header : {"ApiKey " + base::base64_encode("some-id:some_key"), std::string("APIKEY some-id:some_key")}) {
    const auto parsed = parse_authorization(header);
    ASSERT_TRUE(parsed.has_value());
    const auto* credentials = std::get_if<ApiKeyCredentials>(&*parsed);
    ASSERT_NE(credentials, nullptr) << header;
    EXPECT_EQ(credentials->id, "some-id");
    EXPECT_EQ(credentials->secret, "some_key");
  }
}

TEST(AuthorizationTest, OtherSchemesAreNoCredentials) {
  for (const char* header : {"", "Bearer abc", "Basic", "Basicabc", "ApiKey", "Digest username=\"x\"", " Basic abc"})
    EXPECT_TRUE(std::holds_alternative<std::monostate>(parse_authorization(header).value())) << header;
}

TEST(AuthorizationTest, MalformedValuesAreErrorsThatTellNothingOfThem) {
  EXPECT_EQ(fault("Basic ???"), "invalid basic authentication header encoding");
  EXPECT_EQ(fault(basic("no colon")), "invalid basic authentication header value");
  EXPECT_EQ(fault(basic(":password")), "invalid basic authentication header value");
  EXPECT_EQ(fault("Basic "), "invalid basic authentication header value");
  EXPECT_EQ(fault("Basic " + std::string(9000, 'A')), "invalid basic authentication header value");
  for (const std::string& value :
       {std::string("???"), std::string("id:"), std::string(":key"), base::base64_encode("no colon"), std::string(9000, ':')})
    EXPECT_EQ(fault("ApiKey " + value), "invalid ApiKey value") << value;
}

TEST(AuthorizationTest, AnyBytesAreCredentialsNothingOrAnError) {
  reference::TestRandom random;
  SCOPED_TRACE(random.trace());
  for (int round = 0; round < 20000; ++round) {
    std::string bytes = round % 3 == 0 ? "Basic " : round % 3 == 1 ? "ApiKey " : "";
    const size_t size = random.below(64);
    for (size_t i = 0; i < size; ++i) bytes += static_cast<char>(random.below(256));
    if (round % 2 == 0) bytes = bytes.substr(0, 7) + base::base64_encode(bytes.substr(std::min<size_t>(7, bytes.size())));
    const auto parsed = parse_authorization(bytes);
    if (!parsed.has_value()) continue;
    if (const auto* user = std::get_if<BasicCredentials>(&*parsed)) {
      EXPECT_EQ(user->username.find(':'), std::string::npos);
      EXPECT_FALSE(user->username.empty());
    }
    if (const auto* key = std::get_if<ApiKeyCredentials>(&*parsed)) {
      EXPECT_FALSE(key->id.empty());
      EXPECT_FALSE(key->secret.empty());
    }
  }
}

}  // namespace
}  // namespace selene::rest
