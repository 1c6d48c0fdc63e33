#include "base/base64.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace selene::base {
namespace {

TEST(Base64Test, VectorsOfRfc4648) {
  EXPECT_EQ(base64_encode(""), "");
  EXPECT_EQ(base64_encode("f"), "Zg==");
  EXPECT_EQ(base64_encode("fo"), "Zm8=");
  EXPECT_EQ(base64_encode("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64url_encode("\xfb\xff"), "-_8");
}

TEST(Base64Test, RefusesWrongCharactersAndLengths) {
  EXPECT_FALSE(base64_decode("a").has_value());
  EXPECT_FALSE(base64_decode("ab c").has_value());
  EXPECT_FALSE(base64_decode("=abc").has_value());
}

RC_GTEST_PROP(Base64Test, RoundTrip, (const std::string& bytes)) {
  RC_ASSERT(base64_decode(base64_encode(bytes)) == bytes);
  RC_ASSERT(base64_decode(base64url_encode(bytes)) == bytes);
}

}  // namespace
}  // namespace selene::base
