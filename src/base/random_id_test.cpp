#include "base/random_id.h"

#include <gtest/gtest.h>

#include <set>

namespace selene::base {
namespace {

bool is_url_safe(const std::string& id) {
  return id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == std::string::npos;
}

TEST(RandomIdTest, UuidsAre22UrlSafeCharactersAndDiffer) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = random_uuid();
    EXPECT_EQ(id.size(), 22U);
    EXPECT_TRUE(is_url_safe(id));
    EXPECT_TRUE(seen.insert(id).second);
  }
}

TEST(RandomIdTest, DocumentIdsAre20UrlSafeCharactersAndDiffer) {
  std::set<std::string> seen;
  for (int i = 0; i < 10000; ++i) {
    const std::string id = random_document_id();
    EXPECT_EQ(id.size(), 20U);
    EXPECT_TRUE(is_url_safe(id));
    EXPECT_TRUE(seen.insert(id).second);
  }
}

}  // namespace
}  // namespace selene::base
