#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "index/mapping/date_pattern.h"

namespace selene::index {

/// One letter group, literal or optional part of a compiled date pattern.
struct DateElement {
  enum class Kind : uint8_t {
    kLiteral,
    kNumber,
    kYear,
    kReducedYear,
    kFraction,
    kPointFraction,
    kText,
    kShortText,
    kOffset,
    kZone,
    kOptional
  };
  Kind kind = Kind::kLiteral;
  DateField field = DateField::kYear;
  int32_t min_width = 1;
  int32_t max_width = 19;
  int32_t reserved = 0;  ///< digits that adjacent fixed-width numbers behind this one need
  char style = 'Z';      ///< of an offset: the pattern letter
  std::string literal;
  std::vector<DateElement> optional;
};

inline constexpr std::array<std::string_view, 12> kMonthNames = {
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};
inline constexpr std::array<std::string_view, 7> kWeekdayNames = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                                  "Friday", "Saturday", "Sunday"};
inline constexpr std::array<std::string_view, 2> kHalfDayNames = {"AM", "PM"};

/// The words of a month, weekday or half of a day, from the first value on.
inline std::span<const std::string_view> date_names(DateField field) {
  if (field == DateField::kMonth) return kMonthNames;
  if (field == DateField::kWeekday) return kWeekdayNames;
  return kHalfDayNames;
}
inline int64_t first_date_value(DateField field) { return field == DateField::kAmPm ? 0 : 1; }

}  // namespace selene::index
