#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace selene::net {

/// Bytes from the system's generator for secrets. Errors: kIo.
base::Result<std::string> random_bytes(size_t num_bytes);

inline constexpr size_t kSealKeyBytes = 32;

/// AES-256-GCM (NIST SP 800-38D) under a fresh random nonce: 12 bytes of nonce, the ciphertext, 16 bytes of tag. `context` is
/// authenticated, not stored: opening needs the same. REQUIRES: key of kSealKeyBytes bytes.
base::Result<std::string> seal(std::string_view key, std::string_view plaintext, std::string_view context);
/// Errors: kIllegalArgument if key, context or bytes are not those of `seal`; nothing of the content is told.
base::Result<std::string> open_sealed(std::string_view key, std::string_view sealed, std::string_view context);

/// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 `RS256`) of `bytes` under a PEM private key. Errors: kIllegalArgument for a key that
/// cannot be read or is no RSA key; the text holds nothing of it.
base::Result<std::string> rs256_sign(std::string_view pem_private_key, std::string_view bytes);

/// PBKDF2-HMAC-SHA512 (RFC 8018, 5.2). Takes time in proportion to `iterations`: 210,000 about a tenth of a second.
/// REQUIRES: iterations, num_bytes > 0. Errors: kIllegalState.
base::Result<std::string> pbkdf2_sha512(std::string_view secret, std::string_view salt, int iterations, size_t num_bytes);

/// Whether both are the same bytes, in time that depends on their length alone.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace selene::net
