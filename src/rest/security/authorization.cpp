#include "rest/security/authorization.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/base64.h"

namespace selene::rest {

namespace {

using base::Error;
using base::ErrorCode;

constexpr size_t kMaxBytes = 8192;  ///< of a header's value; what is longer cannot be a password or a key of ours

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// What follows `scheme` (in lower case) and blanks; empty optional for another scheme.
std::optional<std::string_view> value_of(std::string_view header, std::string_view scheme) {
  if (header.size() <= scheme.size() || header[scheme.size()] != ' ') return std::nullopt;
  if (!std::equal(scheme.begin(), scheme.end(), header.begin(), [](char a, char b) { return a == lower(b); })) return std::nullopt;
  header.remove_prefix(scheme.size());
  header.remove_prefix(std::min(header.find_first_not_of(' '), header.size()));
  while (header.ends_with(' ')) header.remove_suffix(1);
  return header;
}

/// The two sides of the first colon; nothing if there is none, or nothing before it.
std::optional<std::pair<std::string, std::string>> split_pair(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  return std::pair(std::string(text.substr(0, colon)), std::string(text.substr(colon + 1)));
}

}  // namespace

base::Result<Credentials> parse_authorization(std::string_view header) {
  if (const auto value = value_of(header, "basic")) {
    const Error invalid(ErrorCode::kSecurity, std::string("invalid basic authentication header value"));
    if (value->size() > kMaxBytes) return invalid;
    const auto text = base::base64_decode(*value);
    if (!text) return Error(ErrorCode::kSecurity, std::string("invalid basic authentication header encoding"));
    auto pair = split_pair(*text);
    if (!pair) return invalid;
    return Credentials(BasicCredentials{std::move(pair->first), std::move(pair->second)});
  }
  if (const auto value = value_of(header, "apikey")) {
    const Error invalid(ErrorCode::kSecurity, std::string("invalid ApiKey value"));
    if (value->size() > kMaxBytes) return invalid;
    std::optional<std::string> text(std::string{*value});
    if (text->find(':') == std::string::npos) text = base::base64_decode(*value);  // base64 has no colon
    auto pair = text ? split_pair(*text) : std::nullopt;
    if (!pair || pair->second.empty()) return invalid;
    return Credentials(ApiKeyCredentials{std::move(pair->first), std::move(pair->second)});
  }
  return Credentials();
}

}  // namespace selene::rest
