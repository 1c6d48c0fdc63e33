#include "net/http_types.h"

#include <algorithm>
#include <cctype>

namespace selene::net {
namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  });
}

}  // namespace

void Headers::remove(std::string_view name) {
  std::erase_if(items_, [&](const auto& item) { return equal_ignoring_case(item.first, name); });
}

void Headers::set(std::string_view name, std::string value) {
  remove(name);
  items_.emplace_back(std::string(name), std::move(value));
}

std::string_view Headers::get(std::string_view name) const {
  const auto it =
      std::find_if(items_.begin(), items_.end(), [&](const auto& item) { return equal_ignoring_case(item.first, name); });
  return it == items_.end() ? std::string_view() : std::string_view(it->second);
}

bool Headers::contains(std::string_view name) const {
  return std::any_of(items_.begin(), items_.end(), [&](const auto& item) { return equal_ignoring_case(item.first, name); });
}

}  // namespace selene::net
