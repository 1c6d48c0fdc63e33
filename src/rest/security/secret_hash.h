#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace selene::rest {

/// Of passwords, which people choose. Source: OWASP Password Storage Cheat Sheet, PBKDF2-HMAC-SHA512.
inline constexpr int kPasswordIterations = 210000;
/// Of keys of 128 random bits: no guess is likely enough for its cost to matter, and each request pays it.
inline constexpr int kRandomKeyIterations = 1;

/// `pbkdf2_sha512$ITERATIONS$SALT$HASH`, salt and hash in base64, under a fresh salt of 16 bytes. Layout: docs/formats/security.md.
/// Errors: kIo, kIllegalState.
base::Result<std::string> hash_secret(std::string_view secret, int iterations);

/// Whether `hash`, a text of hash_secret, is that of `secret`; false for any other text. The comparison takes the same time
/// wherever they differ.
bool secret_matches(std::string_view secret, std::string_view hash);

}  // namespace selene::rest
