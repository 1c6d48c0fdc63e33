#pragma once

#include <string_view>

namespace selene::index {

/// Length of the longest top-level domain that `text` starts with, upper and lower case alike; 0: none.
size_t match_top_level_domain(std::string_view text);

}  // namespace selene::index
