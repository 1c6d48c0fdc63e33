#include "net/address_class.h"

#include <netinet/in.h>

#include <array>
#include <cstring>

namespace selene::net {
namespace {

struct Ipv4Range {
  uint32_t network;
  int prefix_bits;
};

constexpr uint32_t ipv4(uint32_t a, uint32_t b, uint32_t c, uint32_t d) { return a << 24 | b << 16 | c << 8 | d; }

constexpr std::array<Ipv4Range, 13> kPrivateRanges = {{
    {ipv4(0, 0, 0, 0), 8},        // "this network": reaches this machine
    {ipv4(10, 0, 0, 0), 8},       // private
    {ipv4(100, 64, 0, 0), 10},    // shared with a provider
    {ipv4(169, 254, 0, 0), 16},   // link-local
    {ipv4(172, 16, 0, 0), 12},    // private
    {ipv4(192, 0, 0, 0), 24},     // protocol assignments
    {ipv4(192, 0, 2, 0), 24},     // documentation
    {ipv4(192, 168, 0, 0), 16},   // private
    {ipv4(198, 18, 0, 0), 15},    // benchmarking
    {ipv4(198, 51, 100, 0), 24},  // documentation
    {ipv4(203, 0, 113, 0), 24},   // documentation
    {ipv4(224, 0, 0, 0), 4},      // multicast
    {ipv4(240, 0, 0, 0), 4},      // reserved, broadcast
}};

AddressClass classify_ipv4(uint32_t address) {
  if (address >> 24 == 127) return AddressClass::kLoopback;
  for (const Ipv4Range& range : kPrivateRanges) {
    const int shift = 32 - range.prefix_bits;
    if (address >> shift == range.network >> shift) return AddressClass::kPrivate;
  }
  return AddressClass::kPublic;
}

uint32_t read_ipv4(const uint8_t* bytes) { return ipv4(bytes[0], bytes[1], bytes[2], bytes[3]); }

AddressClass classify_ipv6(const uint8_t* bytes) {
  constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  constexpr std::array<uint8_t, 12> kNat64 = {0, 0x64, 0xFF, 0x9B};
  constexpr std::array<uint8_t, 15> kZeros = {};
  if (std::memcmp(bytes, kMapped.data(), kMapped.size()) == 0) return classify_ipv4(read_ipv4(bytes + 12));
  if (std::memcmp(bytes, kNat64.data(), kNat64.size()) == 0) return classify_ipv4(read_ipv4(bytes + 12));
  if (bytes[0] == 0x20 && bytes[1] == 0x02) return classify_ipv4(read_ipv4(bytes + 2));  // 6to4
  if (std::memcmp(bytes, kZeros.data(), kZeros.size()) == 0 && bytes[15] == 1) return AddressClass::kLoopback;
  // 2000::/3 is all that is handed out for use in public.
  if (bytes[0] >> 5 != 1) return AddressClass::kPrivate;
  const bool documentation = bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] == 0x0D && bytes[3] == 0xB8;
  return documentation ? AddressClass::kPrivate : AddressClass::kPublic;
}

}  // namespace

AddressClass classify_address(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in in;
    std::memcpy(&in, &address, sizeof in);
    return classify_ipv4(ntohl(in.sin_addr.s_addr));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 in;
    std::memcpy(&in, &address, sizeof in);
    return classify_ipv6(in.sin6_addr.s6_addr);
  }
  return AddressClass::kPrivate;
}

}  // namespace selene::net
