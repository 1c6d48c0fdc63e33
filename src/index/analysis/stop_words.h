#pragma once

#include <span>
#include <string_view>

namespace selene::index {

/// The built-in list of a name such as `_english_`; empty if there is none.
std::span<const std::string_view> stop_words(std::string_view name);

}  // namespace selene::index
