#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace selene::base {

/// RFC 4648. The URL-safe alphabet is written without padding.
std::string base64_encode(std::string_view bytes);
std::string base64url_encode(std::string_view bytes);
/// Reads both alphabets, with or without padding; nothing if a character or the length is wrong.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace selene::base
