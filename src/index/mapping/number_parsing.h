#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace selene::index {

/// Java's Double.parseDouble: blanks around, NaN, Infinity, a final d or f allowed. Errors: kNumberFormat `For input string: "x"`.
base::Result<double> parse_java_double(std::string_view text);
/// A decimal number as a whole one in [-2^63, 2^64); `fraction` tells whether digits behind the point were cut off.
/// None if it is no number or too large.
struct WholeNumber {
  bool negative = false;
  uint64_t magnitude = 0;
  bool fraction = false;
};
enum class WholeNumberError : uint8_t { kNoNumber, kTooLarge };
std::optional<WholeNumber> parse_whole_number(std::string_view text, WholeNumberError& error);

/// The nearest IEEE half-precision number, ties to even; infinity beyond 65519.
float round_to_half(float value);

}  // namespace selene::index
