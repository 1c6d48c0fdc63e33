#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace selene::net {

/// gzip (RFC 1952) of `bytes` at zlib's fastest level.
std::string gzip_compress(std::string_view bytes);

/// Inverse; several members in a row are allowed. Errors: kContentTooLong when more than `max_bytes` come out (nothing beyond is
/// inflated), kIllegalArgument for damaged input.
base::Result<std::string> gzip_decompress(std::string_view bytes, size_t max_bytes);

/// Whether an `Accept-Encoding` allows a gzip answer (RFC 9110, 12.5.3): a coding `gzip`, `x-gzip` or else `*` whose q is not 0.
bool accepts_gzip(std::string_view accept_encoding);

}  // namespace selene::net
