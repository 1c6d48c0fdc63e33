#pragma once

#include <string>
#include <vector>

#include "index/mapping/date_elements.h"

namespace selene::index {

/// A moment in the words of a pattern, on the clocks of its offset.
std::string print_date(DateInstant instant, const std::vector<DateElement>& elements);

}  // namespace selene::index
