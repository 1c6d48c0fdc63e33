#include "rest/comma_list.h"

#include <algorithm>

namespace selene::rest {

std::vector<std::string> split_list(std::string_view comma_list) {
  std::vector<std::string> parts;
  while (!comma_list.empty()) {
    const size_t end = std::min(comma_list.find(','), comma_list.size());
    if (end > 0) parts.emplace_back(comma_list.substr(0, end));
    comma_list.remove_prefix(std::min(end + 1, comma_list.size()));
  }
  return parts;
}

}  // namespace selene::rest
