#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json/json_writer.h"
#include "index/mapping/mapping.h"
#include "search/aggregations/time_zone.h"

namespace selene::search {

/// How values of a field are shown as text in results. A plain value.
class ValueFormat {
 public:
  enum class Kind : uint8_t { kPlain, kBoolean, kDate, kDecimal, kUnsigned, kAddress };

  ValueFormat() = default;
  /// The format of a field, or `pattern` (dates: a date format; numbers: a pattern such as `0.00`). Null: an unmapped field.
  static ValueFormat of(const index::MappedField* field, std::string_view pattern, const TimeZone& zone);

  Kind kind() const { return kind_; }
  /// Whether results show a text beside the number.
  bool shows_text() const { return kind_ != Kind::kPlain && kind_ != Kind::kUnsigned && kind_ != Kind::kAddress; }
  std::string text(double value) const;
  /// Of a text in the encoding of doc values.
  std::string text_of_term(std::string_view term) const;
  /// Of a number in the encoding of doc values (integers, dates, booleans).
  std::string text_of_integer(int64_t value) const;
  const std::string& pattern() const { return pattern_; }
  const TimeZone& zone() const { return zone_; }

 private:
  Kind kind_ = Kind::kPlain;
  std::string pattern_;
  TimeZone zone_;
};

/// `"name":value`, and `"name_as_string":"text"` if the format has one; null for NaN and infinities.
void append_number(std::string& members, std::string_view name, double value, const ValueFormat& format);

}  // namespace selene::search
