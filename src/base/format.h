#pragma once

#include <fmt/core.h>

#include <string>
#include <utility>

namespace selene::base {

/// `std::format` as far as GCC 12 lacks it: the {fmt} library under the standard's names.
template <class... Args>
using format_string = fmt::format_string<Args...>;

template <class... Args>
std::string format(format_string<Args...> pattern, Args&&... args) {
  return fmt::vformat(pattern, fmt::make_format_args(args...));
}

}  // namespace selene::base
