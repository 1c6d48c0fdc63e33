#include "rest/management_requests.h"

#include <gtest/gtest.h>

namespace selene::rest {
namespace {

TEST(ManagementRequestsTest, AreThoseThatLookAfterTheNode) {
  for (const char* target : {"/", "/?pretty", "/_cat/indices?v", "/_cluster/health", "/_nodes/stats", "/metrics", "/_tasks"})
    EXPECT_TRUE(is_management_request("GET", target)) << target;
  EXPECT_TRUE(is_management_request("HEAD", "/"));
  EXPECT_TRUE(is_management_request("POST", "/_tasks/node:1/_cancel"));
}

TEST(ManagementRequestsTest, AreNotThoseThatWorkOrWait) {
  for (const char* target : {"/i/_search", "/_search", "/_inference", "/i/_stats", "/_catalogue",
                             "/_cluster/health?wait_for_status=green", "/_tasks/node:1?wait_for_completion=true", "", "*"})
    EXPECT_FALSE(is_management_request("GET", target)) << target;
  EXPECT_FALSE(is_management_request("PUT", "/_cluster/settings"));
}

}  // namespace
}  // namespace selene::rest
