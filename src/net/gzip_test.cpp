#include "net/gzip.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace selene::net {
namespace {

TEST(GzipTest, MembersInARowAreJoined) {
  const auto plain = gzip_decompress(gzip_compress("one ") + gzip_compress("two"), 100);
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(*plain, "one two");
}

TEST(GzipTest, LimitIsExact) {
  const std::string packed = gzip_compress(std::string(70000, 'x'));
  EXPECT_TRUE(gzip_decompress(packed, 70000).has_value());
  const auto over = gzip_decompress(packed, 69999);
  ASSERT_FALSE(over.has_value());
  EXPECT_EQ(over.error().code(), base::ErrorCode::kContentTooLong);
}

TEST(GzipTest, EveryCutAndTrailingBytesAreRefused) {
  const std::string packed = gzip_compress("hello hello hello");
  for (size_t n = 0; n < packed.size(); ++n) EXPECT_FALSE(gzip_decompress(packed.substr(0, n), 1000).has_value()) << n;
  EXPECT_FALSE(gzip_decompress(packed + "x", 1000).has_value());
}

TEST(GzipTest, AcceptEncodingIsReadWithItsQualities) {
  for (const auto* yes :
       {"gzip", "deflate, gzip;q=1.0", "GZIP", "*", "br;q=1, *;q=0.1", "gzip;q=0.001", " x-gzip ", "gzip ; q=0.5"})
    EXPECT_TRUE(accepts_gzip(yes)) << yes;
  for (const auto* no : {"", "identity", "gzip;q=0", "gzip;q=0.000", "gzip; q=0, *", "*, gzip;q=0", "gzipped", "*;q=0", ","})
    EXPECT_FALSE(accepts_gzip(no)) << no;
}

RC_GTEST_PROP(GzipTest, RoundTrip, (const std::string& bytes)) {
  RC_ASSERT(gzip_decompress(gzip_compress(bytes), bytes.size()).value() == bytes);
}

}  // namespace
}  // namespace selene::net
