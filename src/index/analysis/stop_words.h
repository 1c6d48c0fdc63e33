#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace selene::index {

/// The built-in list of a name such as `_english_` or `_german_`; empty if there is none.
std::vector<std::string> stop_words(std::string_view name);

}  // namespace selene::index
