#include "index/mapping/ip_address.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr size_t kLength = 16;
constexpr std::string_view kMappedPrefix{"\0\0\0\0\0\0\0\0\0\0\xFF\xFF", 12};

bool is_ipv4(std::string_view bytes) { return bytes.starts_with(kMappedPrefix); }

}  // namespace

Result<std::string> parse_ip(std::string_view text) {
  const std::string terminated(text);
  std::array<char, kLength> bytes{};
  const bool plain = terminated.find('\0') == std::string::npos;
  if (plain && inet_pton(AF_INET, terminated.c_str(), bytes.data()) == 1)
    return std::string(kMappedPrefix) + std::string(bytes.data(), 4);
  if (plain && inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1) return std::string(bytes.data(), kLength);
  return Error(ErrorCode::kIllegalArgument, "'{}' is not an IP string literal.", text);
}

std::string format_ip(std::string_view bytes) {
  if (bytes.size() != kLength) return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_ipv4(bytes)) return inet_ntop(AF_INET, bytes.data() + kMappedPrefix.size(), text.data(), text.size());
  // inet_ntop would write the last four bytes of ::a.b.c.d dotted.
  std::array<unsigned, 8> groups{};
  for (size_t i = 0; i < groups.size(); ++i) {
    groups[i] = static_cast<unsigned>(static_cast<uint8_t>(bytes[2 * i])) << 8 | static_cast<uint8_t>(bytes[2 * i + 1]);
  }
  size_t best_begin = 0;
  size_t best_length = 1;  // one zero group is written out
  for (size_t begin = 0; begin < groups.size(); ++begin) {
    size_t end = begin;
    while (end < groups.size() && groups[end] == 0) ++end;
    if (end - begin > best_length) {
      best_begin = begin;
      best_length = end - begin;
    }
  }
  std::string out;
  for (size_t i = 0; i < groups.size(); ++i) {
    if (best_length > 1 && i == best_begin) {
      out += "::";
      i += best_length - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    std::array<char, 8> hex{};
    const auto written = std::to_chars(hex.data(), hex.data() + hex.size(), groups[i], 16);
    out.append(hex.data(), written.ptr);
  }
  return out;
}

Result<IpRange> parse_cidr(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos || text.find('/', slash + 1) != std::string_view::npos)
    return Error(ErrorCode::kIllegalArgument, "Expected [ip/prefix] but was [{}]", text);
  if (slash + 1 == text.size()) return Error(ErrorCode::kIllegalArgument, "Expected [ip/prefix] but was [{}]", text);
  ASSIGN_OR_RETURN(const std::string address, parse_ip(text.substr(0, slash)));
  const std::string_view digits = text.substr(slash + 1);
  int32_t prefix = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  if (error != std::errc() || end != digits.data() + digits.size())
    return Error(ErrorCode::kNumberFormat, "For input string: \"{}\"", digits);
  const bool ipv4 = is_ipv4(address);
  if (ipv4 && text.substr(0, slash).find(':') != std::string_view::npos) {
    return Error(
        ErrorCode::kIllegalArgument,
        "CIDR notation is not allowed with IPv6-mapped IPv4 address [{} as it introduces ambiguity as to whether the prefix "
        "length should be interpreted as a v4 prefix length or a v6 prefix length",
        text.substr(0, slash));
  }
  if (prefix < 0 || prefix > (ipv4 ? 32 : 128)) {
    return Error(ErrorCode::kIllegalArgument,
                 "Illegal prefix length [{}] in [{}]. Must be 0-32 for IPv4 ranges, 0-128 for IPv6 ranges", prefix, text);
  }
  IpRange range{address, address};
  for (auto bit = static_cast<size_t>(prefix) + (ipv4 ? 96 : 0); bit < 8 * kLength; ++bit) {
    const auto mask = static_cast<unsigned>(0x80 >> (bit % 8));
    range.low[bit / 8] = static_cast<char>(static_cast<uint8_t>(range.low[bit / 8]) & ~mask);
    range.high[bit / 8] = static_cast<char>(static_cast<uint8_t>(range.high[bit / 8]) | mask);
  }
  return range;
}

bool next_ip(std::string& bytes) {
  for (size_t i = bytes.size(); i-- > 0;) {
    if (++bytes[i] != 0) return true;
  }
  return false;
}

bool previous_ip(std::string& bytes) {
  for (size_t i = bytes.size(); i-- > 0;) {
    if (bytes[i]-- != 0) return true;
  }
  return false;
}

}  // namespace selene::index
