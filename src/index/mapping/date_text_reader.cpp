#include "index/mapping/date_text_reader.h"

#include <algorithm>
#include <charconv>

namespace selene::index {
namespace {

bool is_date_digit(char c) { return c >= '0' && c <= '9'; }
bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

class DateTextReader {
 public:
  DateTextReader(std::string_view text, DateFields& fields) : text_(text), fields_(fields) {}
  bool at_end() const { return pos_ == text_.size(); }
  size_t furthest() const { return std::max(furthest_, pos_); }

  bool read(const std::vector<DateElement>& elements) {
    for (const DateElement& element : elements) {
      if (element.kind == DateElement::Kind::kOptional) {
        const size_t before = pos_;
        const DateFields fields = fields_;
        if (!read(element.optional)) {
          pos_ = before;
          fields_ = fields;
        }
      } else if (!read_one(element)) {
        furthest_ = std::max(furthest_, pos_);
        return false;
      }
    }
    return true;
  }

 private:
  char peek(size_t ahead = 0) const { return pos_ + ahead < text_.size() ? text_[pos_ + ahead] : '\0'; }

  bool read_one(const DateElement& element) {
    switch (element.kind) {
      case DateElement::Kind::kLiteral:
        if (!text_.substr(pos_).starts_with(element.literal)) return false;
        pos_ += element.literal.size();
        return true;
      case DateElement::Kind::kNumber: return number(element.field, element.min_width, element.max_width, element.reserved, 1);
      case DateElement::Kind::kYear: return year(element);
      case DateElement::Kind::kReducedYear: {
        if (!number(element.field, 2, 2, element.reserved, 1)) return false;
        *fields_[element.field] += 2000;
        return true;
      }
      case DateElement::Kind::kFraction: return fraction(element.min_width, element.max_width);
      case DateElement::Kind::kPointFraction:
        if (peek() != '.' && peek() != ',') return false;
        ++pos_;
        return fraction(1, 9);
      case DateElement::Kind::kText:
      case DateElement::Kind::kShortText: return name(element);
      case DateElement::Kind::kOffset: return offset(element);
      case DateElement::Kind::kZone: return zone();
      case DateElement::Kind::kOptional: return true;
    }
    return false;
  }

  int32_t count_digits() const {
    int32_t n = 0;
    while (is_date_digit(peek(static_cast<size_t>(n))) && n < 100) ++n;
    return n;
  }

  bool number(DateField field, int32_t min_width, int32_t max_width, int32_t reserved, int64_t sign) {
    const int32_t available = count_digits();
    const int32_t width = std::min(max_width, std::max(min_width, available - reserved));
    if (available < min_width || width > 18) return false;
    const int32_t taken = std::min(width, available);
    int64_t value = 0;
    std::from_chars(text_.data() + pos_, text_.data() + pos_ + taken, value);
    pos_ += static_cast<size_t>(taken);
    fields_[field] = sign * value;
    return true;
  }

  // More digits than the pattern has letters need a sign before them.
  bool year(const DateElement& element) {
    const bool negative = peek() == '-';
    const bool positive = peek() == '+';
    const bool wide = negative || positive;
    if (wide) ++pos_;
    const int32_t max_width = wide ? 9 : std::max(element.min_width, 4);
    return number(element.field, element.min_width, max_width, element.reserved, negative ? -1 : 1);
  }

  bool fraction(int32_t min_width, int32_t max_width) {
    const int32_t width = std::min(count_digits(), max_width);
    if (width < min_width) return false;
    int64_t nano = 0;
    for (int32_t i = 0; i < 9; ++i) nano = nano * 10 + (i < width ? peek(static_cast<size_t>(i)) - '0' : 0);
    pos_ += static_cast<size_t>(width);
    fields_[DateField::kNano] = nano;
    return true;
  }

  bool name(const DateElement& element) {
    const auto names = date_names(element.field);
    for (size_t i = 0; i < names.size(); ++i) {
      const std::string_view full = names[i];
      const std::string_view expected = element.kind == DateElement::Kind::kText ? full : full.substr(0, 3);
      const std::string_view given = text_.substr(pos_, expected.size());
      if (element.field == DateField::kAmPm ? !equals_ignoring_case(given, expected) : given != expected) continue;
      pos_ += expected.size();
      fields_[element.field] = static_cast<int64_t>(i) + first_date_value(element.field);
      return true;
    }
    return false;
  }

  bool two_digits(int64_t& value) {
    if (!is_date_digit(peek()) || !is_date_digit(peek(1))) return false;
    value = (peek() - '0') * 10 + (peek(1) - '0');
    pos_ += 2;
    return true;
  }

  // +HH, +HHmm, +HH:mm, +HH:mm:ss; `colon` demands or forbids the colons.
  enum class Colon : uint8_t { kNever, kAlways, kEither };
  bool signed_offset(Colon colon, bool minutes_needed) {
    const char sign = peek();
    if (sign != '+' && sign != '-') return false;
    ++pos_;
    int64_t hours = 0;
    int64_t minutes = 0;
    int64_t seconds = 0;
    if (!two_digits(hours)) return false;
    if (part(colon, minutes)) {
      part(colon, seconds);
    } else if (minutes_needed) {
      return false;
    }
    if (minutes > 59 || seconds > 59) return false;
    fields_[DateField::kOffsetSeconds] = (sign == '-' ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds);
    return true;
  }
  bool part(Colon colon, int64_t& value) {
    const size_t before = pos_;
    const bool has_colon = peek() == ':';
    if ((has_colon && colon == Colon::kNever) || (!has_colon && colon == Colon::kAlways)) return false;
    if (has_colon) ++pos_;
    if (two_digits(value)) return true;
    pos_ = before;
    return false;
  }

  bool offset(const DateElement& element) {
    const bool takes_z = element.style == 'X' || (element.style == 'Z' && element.min_width == 5);
    if (takes_z && peek() == 'Z') {
      ++pos_;
      fields_[DateField::kOffsetSeconds] = 0;
      return true;
    }
    if (element.style == 'Z') return signed_offset(element.min_width < 4 ? Colon::kNever : Colon::kAlways, true);
    const bool colon = element.min_width == 3 || element.min_width == 5;
    return signed_offset(colon ? Colon::kAlways : Colon::kNever, element.min_width > 1);
  }

  bool zone() {
    if (peek() == '+' || peek() == '-') return signed_offset(Colon::kEither, false);
    size_t length = 0;
    const auto belongs = [](char c) {
      return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || is_date_digit(c) || c == '/' || c == '_' || c == '-' || c == '+';
    };
    while (belongs(peek(length))) ++length;
    const std::string_view id = text_.substr(pos_, length);
    if (id.empty() || length > 64) return false;
    pos_ += length;
    if (id == "Z" || id == "UTC" || id == "GMT" || id == "UT") {
      fields_[DateField::kOffsetSeconds] = 0;
    } else {
      fields_.zone_id = id;
    }
    return true;
  }

  std::string_view text_;
  DateFields& fields_;
  size_t pos_ = 0;
  size_t furthest_ = 0;
};

}  // namespace

bool read_date_text(std::string_view text, const std::vector<DateElement>& elements, DateFields& fields, size_t& failed_at) {
  DateTextReader reader(text, fields);
  const bool fits = reader.read(elements);
  failed_at = reader.furthest();
  return fits && reader.at_end();
}

}  // namespace selene::index
