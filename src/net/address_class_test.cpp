#include "net/address_class.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <cstring>
#include <string>

namespace selene::net {
namespace {

AddressClass classify(const std::string& text) {
  sockaddr_storage storage{};
  if (text.find(':') == std::string::npos) {
    auto* in = reinterpret_cast<sockaddr_in*>(&storage);
    in->sin_family = AF_INET;
    EXPECT_EQ(inet_pton(AF_INET, text.c_str(), &in->sin_addr), 1) << text;
  } else {
    auto* in = reinterpret_cast<sockaddr_in6*>(&storage);
    in->sin6_family = AF_INET6;
    EXPECT_EQ(inet_pton(AF_INET6, text.c_str(), &in->sin6_addr), 1) << text;
  }
  return classify_address(*reinterpret_cast<const sockaddr*>(&storage));
}

TEST(AddressClassTest, LoopbackInEveryNotation) {
  for (const char* text : {"127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"})
    EXPECT_EQ(classify(text), AddressClass::kLoopback) << text;
}

TEST(AddressClassTest, PrivateAndLinkLocalAlsoInsideIpv6) {
  for (const char* text : {"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
                           "224.0.0.1", "255.255.255.255", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:169.254.169.254",
                           "64:ff9b::a9fe:a9fe", "2002:a00:1::", "2001:db8::1", "::127.0.0.1"})
    EXPECT_EQ(classify(text), AddressClass::kPrivate) << text;
}

TEST(AddressClassTest, NeighboursOfPrivateRangesArePublic) {
  for (const char* text : {"8.8.8.8", "11.0.0.1", "172.15.255.255", "172.32.0.1", "192.167.0.1", "169.253.0.1", "100.128.0.1",
                           "126.0.0.1", "128.0.0.1", "223.255.255.255", "2606:4700::1", "::ffff:8.8.8.8", "2002:808:808::"})
    EXPECT_EQ(classify(text), AddressClass::kPublic) << text;
}

TEST(AddressClassTest, OtherFamiliesArePrivate) {
  sockaddr address{};
  address.sa_family = AF_UNIX;
  EXPECT_EQ(classify_address(address), AddressClass::kPrivate);
}

}  // namespace
}  // namespace selene::net
