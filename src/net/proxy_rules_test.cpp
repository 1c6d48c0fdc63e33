#include "net/proxy_rules.h"

#include <gtest/gtest.h>

#include <map>

namespace selene::net {
namespace {

ProxyRules rules(const std::map<std::string, std::string>& environment) {
  return ProxyRules::from_environment([&](const char* name) {
    const auto it = environment.find(name);
    return it == environment.end() ? std::string() : it->second;
  });
}

TEST(ProxyRulesTest, EachSchemeHasItsVariable) {
  const ProxyRules both = rules({{"http_proxy", "http://a:1"}, {"HTTPS_PROXY", "http://b:2"}});
  EXPECT_EQ(both.proxy_for("http", "example.org"), "http://a:1");
  EXPECT_EQ(both.proxy_for("https", "example.org"), "http://b:2");
  EXPECT_EQ(rules({{"ALL_PROXY", "http://c:3"}}).proxy_for("https", "example.org"), "http://c:3");
  EXPECT_EQ(rules({{"HTTP_PROXY", "http://evil:1"}}).proxy_for("http", "example.org"), "");
}

TEST(ProxyRulesTest, ExcludedHostsAndTheirSubdomainsAreReachedDirectly) {
  const ProxyRules some = rules({{"https_proxy", "http://p:1"}, {"no_proxy", "example.org, .inner.net"}});
  EXPECT_EQ(some.proxy_for("https", "Example.org"), "");
  EXPECT_EQ(some.proxy_for("https", "api.example.org"), "");
  EXPECT_EQ(some.proxy_for("https", "a.inner.net"), "");
  EXPECT_EQ(some.proxy_for("https", "badexample.org"), "http://p:1");
  EXPECT_EQ(rules({{"https_proxy", "http://p:1"}, {"no_proxy", "*"}}).proxy_for("https", "a.b"), "");
}

TEST(ProxyRulesTest, LoopbackNeverGoesThroughAProxy) {
  const ProxyRules all = ProxyRules::fixed("http://p:1");
  for (const char* host : {"localhost", "127.0.0.1", "127.1.2.3", "::1"}) EXPECT_EQ(all.proxy_for("http", host), "") << host;
  EXPECT_EQ(all.proxy_for("http", "10.0.0.1"), "http://p:1");
}

}  // namespace
}  // namespace selene::net
