#include "net/proxy_rules.h"

#include <algorithm>
#include <utility>

namespace selene::net {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::vector<std::string> split_hosts(std::string_view list) {
  std::vector<std::string> hosts;
  while (!list.empty()) {
    const size_t end = std::min(list.find_first_of(", "), list.size());
    std::string host = lower(list.substr(0, end));
    if (host.starts_with('.')) host.erase(0, 1);
    if (!host.empty()) hosts.push_back(std::move(host));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return hosts;
}

bool is_loopback_host(std::string_view host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

}  // namespace

ProxyRules ProxyRules::from_environment(const std::function<std::string(const char* name)>& lookup) {
  const auto first = [&](std::initializer_list<const char*> names) {
    for (const char* name : names) {
      if (std::string value = lookup(name); !value.empty()) return value;
    }
    return std::string();
  };
  ProxyRules rules;
  rules.http_ = first({"http_proxy", "all_proxy", "ALL_PROXY"});
  rules.https_ = first({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
  rules.excluded_ = split_hosts(first({"no_proxy", "NO_PROXY"}));
  return rules;
}

ProxyRules ProxyRules::fixed(std::string proxy) {
  ProxyRules rules;
  rules.http_ = proxy;
  rules.https_ = std::move(proxy);
  return rules;
}

std::string ProxyRules::proxy_for(std::string_view scheme, std::string_view host) const {
  const std::string name = lower(host);
  if (is_loopback_host(name)) return {};
  for (const std::string& excluded : excluded_) {
    if (excluded == "*" || name == excluded) return {};
    if (name.size() > excluded.size() && name.ends_with(excluded) && name[name.size() - excluded.size() - 1] == '.') return {};
  }
  return scheme == "https" ? https_ : http_;
}

}  // namespace selene::net
