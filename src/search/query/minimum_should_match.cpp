#include "search/query/minimum_should_match.h"

#include <algorithm>
#include <charconv>

namespace selene::search {
namespace {

base::Result<int32_t> read_integer(std::string_view text) {
  std::string_view digits = text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  int32_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error == std::errc() && end == digits.data() + digits.size() && !digits.empty()) return value;
  return base::Error(base::ErrorCode::kNumberFormat, "For input string: \"{}\"", text);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// Without a condition.
base::Result<int32_t> plain_count(int32_t num_optional, std::string_view text) {
  int32_t count = 0;
  if (text.ends_with('%')) {
    ASSIGN_OR_RETURN(const int32_t percent, read_integer(text.substr(0, text.size() - 1)));
    const float calculated = static_cast<float>(num_optional) * static_cast<float>(percent) * (1 / 100.0F);
    count = calculated < 0 ? num_optional + static_cast<int32_t>(calculated) : static_cast<int32_t>(calculated);
  } else {
    ASSIGN_OR_RETURN(const int32_t number, read_integer(text));
    count = number < 0 ? num_optional + std::max(number, -num_optional) : std::min(number, num_optional + 1);
  }
  return std::clamp(count, 0, num_optional + 1);
}

}  // namespace

base::Result<int32_t> minimum_should_match(int32_t num_optional, std::string_view specification) {
  std::string_view rest = trimmed(specification);
  if (rest.find('<') == std::string_view::npos) return plain_count(num_optional, rest);
  int32_t result = num_optional;
  while (!rest.empty()) {
    const size_t blank = rest.find(' ');
    const std::string_view part = rest.substr(0, blank);
    rest = blank == std::string_view::npos ? std::string_view() : trimmed(rest.substr(blank));
    const size_t less = part.find('<');
    if (less == std::string_view::npos) return base::Error(base::ErrorCode::kNumberFormat, "For input string: \"{}\"", part);
    ASSIGN_OR_RETURN(const int32_t upper_bound, read_integer(part.substr(0, less)));
    if (num_optional <= upper_bound) return result;
    ASSIGN_OR_RETURN(result, plain_count(num_optional, part.substr(less + 1)));
  }
  return result;
}

}  // namespace selene::search
