#pragma once

#include <string_view>

namespace selene::base {

/// Whether `text` matches `pattern`, in which '*' stands for any run of bytes. Linear: each piece between stars is searched once,
/// from left to right, at its first place.
bool matches_wildcard(std::string_view pattern, std::string_view text);
inline bool is_wildcard(std::string_view pattern) { return pattern.find('*') != std::string_view::npos; }

/// The same, and '?' stands for one UTF-8 code point (one byte where the text is ill-formed). At most |pattern| x |text| steps, no
/// recursion.
bool matches_glob(std::string_view pattern, std::string_view text);

}  // namespace selene::base
