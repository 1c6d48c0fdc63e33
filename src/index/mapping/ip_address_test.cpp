#include "index/mapping/ip_address.h"

#include <gtest/gtest.h>

namespace selene::index {
namespace {

std::string canonical(std::string_view text) { return format_ip(parse_ip(text).value()); }

TEST(IpAddressTest, Ipv4AndItsMappedFormAreOneAddress) {
  EXPECT_EQ(canonical("192.168.1.10"), "192.168.1.10");
  EXPECT_EQ(parse_ip("::ffff:192.168.1.10").value(), parse_ip("192.168.1.10").value());
}

TEST(IpAddressTest, Ipv6IsWrittenWithItsLongestRunOfZerosCut) {
  EXPECT_EQ(canonical("2001:DB8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");
  EXPECT_EQ(canonical("::1"), "::1");
  EXPECT_EQ(canonical("::"), "::");
  EXPECT_EQ(canonical("1:0:3:4:5:6:7:8"), "1:0:3:4:5:6:7:8");
  EXPECT_EQ(canonical("fe80::"), "fe80::");
  EXPECT_EQ(canonical("::102:304"), "::102:304");
}

TEST(IpAddressTest, WhatIsNoAddressIsRefused) {
  for (const std::string_view text : {"", "a", "1.2.3", "1.2.3.256", "01.2.3.4", "1.2.3.4/8", "::g", "fe80::1%eth0"}) {
    EXPECT_FALSE(parse_ip(text)) << text;
  }
  EXPECT_EQ(parse_ip("x").error().reason(), "'x' is not an IP string literal.");
  EXPECT_FALSE(parse_ip(std::string_view("1.2.3.4\0x", 9)));
}

TEST(IpAddressTest, ByteOrderIsTheOrderOfAddresses) {
  EXPECT_LT(parse_ip("9.255.0.0").value(), parse_ip("10.0.0.0").value());
  EXPECT_LT(parse_ip("::1").value(), parse_ip("0.0.0.0").value());
  EXPECT_LT(parse_ip("255.255.255.255").value(), parse_ip("2001::").value());
}

TEST(IpAddressTest, CidrGivesFirstAndLast) {
  const IpRange range = parse_cidr("10.1.2.3/20").value();
  EXPECT_EQ(format_ip(range.low), "10.1.0.0");
  EXPECT_EQ(format_ip(range.high), "10.1.15.255");
  const IpRange wide = parse_cidr("2001:db8::/32").value();
  EXPECT_EQ(format_ip(wide.low), "2001:db8::");
  EXPECT_EQ(format_ip(wide.high), "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff");
  EXPECT_EQ(parse_cidr("10.0.0.0/33").error().reason(),
            "Illegal prefix length [33] in [10.0.0.0/33]. Must be 0-32 for IPv4 ranges, 0-128 for IPv6 ranges");
}

TEST(IpAddressTest, NeighboursEndAtTheEnds) {
  std::string ip = parse_ip("10.0.0.255").value();
  EXPECT_TRUE(next_ip(ip));
  EXPECT_EQ(format_ip(ip), "10.0.1.0");
  EXPECT_TRUE(previous_ip(ip));
  EXPECT_EQ(format_ip(ip), "10.0.0.255");
  std::string first = parse_ip("::").value();
  EXPECT_FALSE(previous_ip(first));
  std::string last = parse_ip("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").value();
  EXPECT_FALSE(next_ip(last));
}

}  // namespace
}  // namespace selene::index
