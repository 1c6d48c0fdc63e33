#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace selene::index {

/// An IPv4 or IPv6 address as 16 bytes in network order, IPv4 mapped into IPv6 (Lucene's InetAddressPoint): byte order is the order
/// of addresses. Errors: kIllegalArgument `'x' is not an IP string literal.`
base::Result<std::string> parse_ip(std::string_view text);
/// `bytes`: 16 of them. IPv4 dotted, IPv6 with the longest run of zeros as `::` (RFC 5952).
std::string format_ip(std::string_view bytes);

/// The first and last address, both 16 bytes.
struct IpRange {
  std::string low;
  std::string high;
};
/// "10.0.0.0/8". Errors: kIllegalArgument.
base::Result<IpRange> parse_cidr(std::string_view text);

/// The address after or before another; none past the last or first.
bool next_ip(std::string& bytes);
bool previous_ip(std::string& bytes);

}  // namespace selene::index
