#pragma once

#include <sys/socket.h>

#include <cstdint>

namespace selene::net {

/// Whom an address reaches. kPrivate is everything that only this machine's surroundings can reach: private, shared and
/// unique-local ranges, link-local ones (cloud metadata services), unspecified, multicast and reserved ones.
enum class AddressClass : uint8_t { kPublic, kLoopback, kPrivate };

/// IPv4 and IPv6, also IPv4 inside IPv6 (mapped, NAT64, 6to4); any other family is kPrivate.
/// Source: IANA's special-purpose address registries (RFC 6890).
AddressClass classify_address(const sockaddr& address);

}  // namespace selene::net
