#include "index/mapping/number_parsing.h"

#include <charconv>
#include <cmath>
#include <limits>

namespace selene::index {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// digits [. digits] [e [+-] digits], at least one digit before the exponent.
struct Decimal {
  std::string_view whole;
  std::string_view fraction;
  int64_t exponent = 0;
};

std::string_view take_digits(std::string_view& text) {
  size_t n = 0;
  while (n < text.size() && is_digit(text[n])) ++n;
  const std::string_view digits = text.substr(0, n);
  text.remove_prefix(n);
  return digits;
}

std::optional<Decimal> split_decimal(std::string_view text) {
  Decimal decimal;
  decimal.whole = take_digits(text);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    decimal.fraction = take_digits(text);
  }
  if (decimal.whole.empty() && decimal.fraction.empty()) return std::nullopt;
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    const std::string_view digits = take_digits(text);
    if (digits.empty()) return std::nullopt;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), decimal.exponent);
    if (error != std::errc() || decimal.exponent > 1'000'000) decimal.exponent = 1'000'000;
    if (negative) decimal.exponent = -decimal.exponent;
  }
  if (!text.empty()) return std::nullopt;
  return decimal;
}

}  // namespace

base::Result<double> parse_java_double(std::string_view text) {
  std::string_view rest = text;
  while (!rest.empty() && static_cast<uint8_t>(rest.front()) <= ' ') rest.remove_prefix(1);
  while (!rest.empty() && static_cast<uint8_t>(rest.back()) <= ' ') rest.remove_suffix(1);
  if (rest.empty()) return base::Error(base::ErrorCode::kNumberFormat, "empty String");
  const bool negative = rest.front() == '-';
  if (negative || rest.front() == '+') rest.remove_prefix(1);
  double value = 0;
  if (rest == "NaN") {
    value = std::numeric_limits<double>::quiet_NaN();
  } else if (rest == "Infinity") {
    value = std::numeric_limits<double>::infinity();
  } else {
    if (!rest.empty() && (rest.back() == 'd' || rest.back() == 'D' || rest.back() == 'f' || rest.back() == 'F'))
      rest.remove_suffix(1);
    if (!split_decimal(rest)) return base::Error(base::ErrorCode::kNumberFormat, "For input string: \"{}\"", text);
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    if (error == std::errc::result_out_of_range) {
      const bool tiny =
          rest.find("e-") != std::string_view::npos || rest.find("E-") != std::string_view::npos || rest.starts_with("0.");
      value = tiny ? 0.0 : std::numeric_limits<double>::infinity();
    }
  }
  return negative ? -value : value;
}

std::optional<WholeNumber> parse_whole_number(std::string_view text, WholeNumberError& error) {
  WholeNumber number;
  number.negative = text.starts_with('-');
  if (number.negative || text.starts_with('+')) text.remove_prefix(1);
  const auto decimal = split_decimal(text);
  if (!decimal) {
    error = WholeNumberError::kNoNumber;
    return std::nullopt;
  }
  const auto num_whole = static_cast<int64_t>(decimal->whole.size()) + decimal->exponent;
  const auto num_digits = static_cast<int64_t>(decimal->whole.size() + decimal->fraction.size());
  const auto digit = [&](int64_t i) {
    const auto at = static_cast<size_t>(i);
    return at < decimal->whole.size() ? decimal->whole[at] : decimal->fraction[at - decimal->whole.size()];
  };
  for (int64_t i = 0; i < std::max(num_whole, num_digits); ++i) {
    const uint64_t value = i < num_digits ? static_cast<uint64_t>(digit(i) - '0') : 0;
    if (i >= num_whole) {
      number.fraction |= value != 0;
    } else if (number.magnitude > (std::numeric_limits<uint64_t>::max() - value) / 10) {
      error = WholeNumberError::kTooLarge;
      return std::nullopt;
    } else {
      number.magnitude = number.magnitude * 10 + value;
    }
    if (i >= num_digits && number.magnitude == 0) break;  // 0e999999
  }
  return number;
}

float round_to_half(float value) {
  if (value == 0 || !std::isfinite(value)) return value;
  int exponent = 0;
  std::frexp(value, &exponent);  // value = m * 2^exponent, 0.5 <= |m| < 1
  const float quantum = std::ldexp(1.0F, std::max(exponent - 1, -14) - 10);
  const float rounded = std::nearbyint(value / quantum) * quantum;
  return std::fabs(rounded) > 65504.0F ? std::copysign(std::numeric_limits<float>::infinity(), value) : rounded;
}

}  // namespace selene::index
