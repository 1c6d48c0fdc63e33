#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace selene::net {

/// Which proxy a request goes through, as curl and Python read it from the environment: `https_proxy`, `http_proxy`, `all_proxy`
/// and `no_proxy` (upper case too, except HTTP_PROXY, which a CGI server could set from a request header). Loopback hosts are
/// always reached directly. Immutable, thread-safe.
class ProxyRules {
 public:
  /// No proxy at all.
  ProxyRules() = default;
  /// `lookup` gives a variable's value, empty if unset.
  static ProxyRules from_environment(const std::function<std::string(const char* name)>& lookup);
  /// One proxy for every host but loopback. Empty: none.
  static ProxyRules fixed(std::string proxy);

  /// URL of the proxy for `scheme` ("http", "https") and `host` (no port, no brackets); empty: directly.
  std::string proxy_for(std::string_view scheme, std::string_view host) const;

 private:
  std::string http_;
  std::string https_;
  std::vector<std::string> excluded_;  ///< host names; a domain also excludes what is below it; "*" excludes all
};

}  // namespace selene::net
