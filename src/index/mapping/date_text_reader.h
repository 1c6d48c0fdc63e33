#pragma once

#include <string_view>
#include <vector>

#include "index/mapping/date_elements.h"

namespace selene::index {

/// Whether the whole text fits; `fields` is then what it said. Otherwise `failed_at` is where it stopped to fit.
bool read_date_text(std::string_view text, const std::vector<DateElement>& elements, DateFields& fields, size_t& failed_at);

}  // namespace selene::index
