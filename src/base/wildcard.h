#pragma once

#include <string_view>

namespace selene::base {

/// Whether `text` matches `pattern`, in which '*' stands for any run of bytes. At most |pattern| x |text| steps, no recursion.
bool matches_wildcard(std::string_view pattern, std::string_view text);
inline bool is_wildcard(std::string_view pattern) { return pattern.find('*') != std::string_view::npos; }

}  // namespace selene::base
