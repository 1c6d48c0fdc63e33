#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace selene::rest {

/// The pieces of `a,b,c`; empty ones are left out.
std::vector<std::string> split_list(std::string_view comma_list);

}  // namespace selene::rest
