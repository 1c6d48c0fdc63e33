#include "index/mapping/date_pattern.h"

#include <algorithm>
#include <charconv>
#include <span>

#include "index/mapping/calendar.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr std::string_view kMonths[] = {"January", "February", "March",     "April",   "May",      "June",
                                        "July",    "August",   "September", "October", "November", "December"};
constexpr std::string_view kWeekdays[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
constexpr std::string_view kHalfDays[] = {"AM", "PM"};

struct Element {
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
  std::vector<Element> optional;
};

std::span<const std::string_view> names_of(DateField field) {
  if (field == DateField::kMonth) return kMonths;
  if (field == DateField::kWeekday) return kWeekdays;
  return kHalfDays;
}
int64_t first_value_of(DateField field) { return field == DateField::kAmPm ? 0 : 1; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

// ---- reading a pattern

class Compiler {
 public:
  Compiler(std::string_view pattern, Leniency leniency) : pattern_(pattern), leniency_(leniency) {}

  Result<std::vector<Element>> run() {
    ASSIGN_OR_RETURN(auto elements, sequence(0));
    if (pos_ < pattern_.size()) return Error(ErrorCode::kIllegalArgument, "Pattern invalid as it contains ] without previous [");
    return elements;
  }

 private:
  static constexpr int kMaxNesting = 20;

  Result<std::vector<Element>> sequence(int nesting) {
    std::vector<Element> elements;
    while (pos_ < pattern_.size() && pattern_[pos_] != ']') {
      const char c = pattern_[pos_];
      if (c == '[') {
        if (nesting >= kMaxNesting)
          return Error(ErrorCode::kIllegalArgument, "Pattern has too many optional sections inside each other");
        ++pos_;
        ASSIGN_OR_RETURN(auto inner, sequence(nesting + 1));
        if (pos_ < pattern_.size()) ++pos_;  // Java closes open sections at the end
        Element optional;
        optional.kind = Element::Kind::kOptional;
        optional.optional = std::move(inner);
        elements.push_back(std::move(optional));
      } else if (c == '\'') {
        ASSIGN_OR_RETURN(std::string text, quoted());
        literal(elements, text);
      } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
        size_t count = 1;
        while (pos_ + count < pattern_.size() && pattern_[pos_ + count] == c) ++count;
        pos_ += count;
        ASSIGN_OR_RETURN(Element element, letter(c, static_cast<int32_t>(std::min<size_t>(count, 100))));
        elements.push_back(std::move(element));
      } else if (c == '{' || c == '}' || c == '#') {
        return Error(ErrorCode::kIllegalArgument, "Pattern includes reserved character: '{}'", c);
      } else {
        literal(elements, std::string_view(&pattern_[pos_++], 1));
      }
    }
    reserve_digits(elements);
    return elements;
  }

  static void literal(std::vector<Element>& elements, std::string_view text) {
    if (elements.empty() || elements.back().kind != Element::Kind::kLiteral) elements.emplace_back();
    elements.back().literal += text;
  }

  Result<std::string> quoted() {
    std::string text;
    for (++pos_; pos_ < pattern_.size(); ++pos_) {
      if (pattern_[pos_] != '\'') {
        text += pattern_[pos_];
      } else if (pos_ + 1 < pattern_.size() && pattern_[pos_ + 1] == '\'') {
        text += '\'';
        ++pos_;
      } else {
        ++pos_;
        return text.empty() ? std::string("'") : text;
      }
    }
    return Error(ErrorCode::kIllegalArgument, "Pattern ends with an incomplete string literal: {}", pattern_);
  }

  Element number(DateField field, int32_t count, int32_t full_width) const {
    Element element;
    element.kind = Element::Kind::kNumber;
    element.field = field;
    element.min_width = leniency_ == Leniency::kLenient && full_width <= 3 ? 1 : count;
    element.max_width =
        count == 1 ? (leniency_ == Leniency::kLenient ? full_width : 19) : std::max(count, full_width == 3 ? 3 : count);
    return element;
  }

  static Element text(DateField field, int32_t count) {
    Element element;
    element.kind = count == 4 ? Element::Kind::kText : Element::Kind::kShortText;
    element.field = field;
    return element;
  }

  static Element year(DateField field, int32_t count) {
    Element element;
    element.kind = count == 2 ? Element::Kind::kReducedYear : Element::Kind::kYear;
    element.field = field;
    element.min_width = count;
    return element;
  }

  Result<Element> letter(char c, int32_t count) const {
    Element element;
    switch (c) {
      case 'u':
      case 'y': return year(DateField::kYear, count);
      case 'Y': return year(DateField::kWeekYear, count);
      case 'M':
      case 'L': return count >= 3 ? text(DateField::kMonth, count) : number(DateField::kMonth, count, 2);
      case 'd': return number(DateField::kDay, count, 2);
      case 'D': return number(DateField::kDayOfYear, count, 3);
      case 'w': return number(DateField::kWeek, count, 2);
      case 'e':
      case 'c': return count >= 3 ? text(DateField::kWeekday, count) : number(DateField::kWeekday, count, 1);
      case 'E': return text(DateField::kWeekday, count);
      case 'a': return text(DateField::kAmPm, 4);
      case 'H': return number(DateField::kHour, count, 2);
      case 'k': return number(DateField::kHourFrom1, count, 2);
      case 'K': return number(DateField::kHour12, count, 2);
      case 'h': return number(DateField::kHour12From1, count, 2);
      case 'm': return number(DateField::kMinute, count, 2);
      case 's': return number(DateField::kSecond, count, 2);
      case 'n': return number(DateField::kNano, count, 9);
      case 'A': return number(DateField::kMilliOfDay, count, 8);
      case 'S':
        if (count > 9) return Error(ErrorCode::kIllegalArgument, "Too many pattern letters: S");
        element.kind = Element::Kind::kFraction;
        element.min_width = element.max_width = count;
        return element;
      case 'f': element.kind = Element::Kind::kPointFraction; return element;
      case 'X':
      case 'x':
      case 'Z':
        if (count > 5) return Error(ErrorCode::kIllegalArgument, "Too many pattern letters: {}", c);
        element.kind = Element::Kind::kOffset;
        element.style = c;
        element.min_width = count;
        return element;
      case 'J':
      case 'V':
      case 'z':
      case 'v':
      case 'O': element.kind = Element::Kind::kZone; return element;
      default: return Error(ErrorCode::kIllegalArgument, "Unknown pattern letter: {}", c);
    }
  }

  static void reserve_digits(std::vector<Element>& elements) {
    int32_t reserved = 0;
    for (auto element = elements.rbegin(); element != elements.rend(); ++element) {
      const bool numeric = element->kind == Element::Kind::kNumber || element->kind == Element::Kind::kYear ||
                           element->kind == Element::Kind::kReducedYear || element->kind == Element::Kind::kFraction;
      element->reserved = numeric ? reserved : 0;
      const bool fixed = numeric && (element->kind != Element::Kind::kNumber || element->min_width == element->max_width);
      reserved = fixed ? reserved + element->min_width : 0;
    }
  }

  std::string_view pattern_;
  Leniency leniency_;
  size_t pos_ = 0;
};

// ---- reading a text

class TextReader {
 public:
  TextReader(std::string_view text, DateFields& fields) : text_(text), fields_(fields) {}
  bool at_end() const { return pos_ == text_.size(); }
  size_t furthest() const { return std::max(furthest_, pos_); }

  bool read(const std::vector<Element>& elements) {
    for (const Element& element : elements) {
      if (element.kind == Element::Kind::kOptional) {
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

  bool read_one(const Element& element) {
    switch (element.kind) {
      case Element::Kind::kLiteral:
        if (!text_.substr(pos_).starts_with(element.literal)) return false;
        pos_ += element.literal.size();
        return true;
      case Element::Kind::kNumber: return number(element.field, element.min_width, element.max_width, element.reserved, 1);
      case Element::Kind::kYear: return year(element);
      case Element::Kind::kReducedYear: {
        if (!number(element.field, 2, 2, element.reserved, 1)) return false;
        *fields_[element.field] += 2000;
        return true;
      }
      case Element::Kind::kFraction: return fraction(element.min_width, element.max_width);
      case Element::Kind::kPointFraction:
        if (peek() != '.' && peek() != ',') return false;
        ++pos_;
        return fraction(1, 9);
      case Element::Kind::kText:
      case Element::Kind::kShortText: return name(element);
      case Element::Kind::kOffset: return offset(element);
      case Element::Kind::kZone: return zone();
      case Element::Kind::kOptional: return true;
    }
    return false;
  }

  int32_t count_digits() const {
    int32_t n = 0;
    while (is_digit(peek(static_cast<size_t>(n))) && n < 100) ++n;
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
  bool year(const Element& element) {
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

  bool name(const Element& element) {
    const auto names = names_of(element.field);
    for (size_t i = 0; i < names.size(); ++i) {
      const std::string_view full = names[i];
      const std::string_view expected = element.kind == Element::Kind::kText ? full : full.substr(0, 3);
      const std::string_view given = text_.substr(pos_, expected.size());
      if (element.field == DateField::kAmPm ? !equals_ignoring_case(given, expected) : given != expected) continue;
      pos_ += expected.size();
      fields_[element.field] = static_cast<int64_t>(i) + first_value_of(element.field);
      return true;
    }
    return false;
  }

  bool two_digits(int64_t& value) {
    if (!is_digit(peek()) || !is_digit(peek(1))) return false;
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

  bool offset(const Element& element) {
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
      return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || is_digit(c) || c == '/' || c == '_' || c == '-' || c == '+';
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

// ---- printing

/// The fields of a moment as the clocks of its offset show it.
DateFields split_moment(DateInstant instant) {
  const int64_t offset = instant.offset_seconds.value_or(0);
  const int64_t ms = instant.ms + offset * kMsPerSecond;
  DateFields fields;
  fields[DateField::kOffsetSeconds] = offset;
  const int64_t days = floor_div(ms, kMsPerDay);
  const int64_t time = floor_mod(ms, kMsPerDay);
  const CivilDate date = civil_from_days(days);
  fields[DateField::kYear] = date.year;
  fields[DateField::kMonth] = date.month;
  fields[DateField::kDay] = date.day;
  fields[DateField::kDayOfYear] = days - days_from_civil(date.year, 1, 1) + 1;
  int64_t week_year = date.year + 1;
  while (first_monday_of_week_year(week_year) > days) --week_year;
  fields[DateField::kWeekYear] = week_year;
  fields[DateField::kWeek] = (days - first_monday_of_week_year(week_year)) / 7 + 1;
  fields[DateField::kWeekday] = iso_weekday(days);
  const int64_t hour = time / kMsPerHour;
  fields[DateField::kHour] = hour;
  fields[DateField::kHourFrom1] = hour == 0 ? 24 : hour;
  fields[DateField::kHour12] = hour % 12;
  fields[DateField::kHour12From1] = hour % 12 == 0 ? 12 : hour % 12;
  fields[DateField::kAmPm] = hour / 12;
  fields[DateField::kMinute] = time / kMsPerMinute % 60;
  fields[DateField::kSecond] = time / kMsPerSecond % 60;
  fields[DateField::kNano] = time % kMsPerSecond * 1'000'000 + instant.nanos;
  fields[DateField::kMilliOfDay] = time;
  return fields;
}

void print_number(int64_t value, int32_t width, std::string& out) {
  if (value < 0) out += '-';
  const std::string digits = std::to_string(value < 0 ? -value : value);
  if (digits.size() < static_cast<size_t>(width)) out.append(static_cast<size_t>(width) - digits.size(), '0');
  out += digits;
}

/// `style`, `width`: letter and length of a pattern.
void print_offset(char style, int32_t width, int64_t seconds, std::string& out) {
  if (seconds == 0 && (style == 'X' || (style == 'Z' && width == 5))) {
    out += 'Z';
    return;
  }
  const bool in_words = style == 'Z' && width == 4;
  if (in_words) out += "GMT";
  if (in_words && seconds == 0) return;
  const int64_t minutes = (seconds < 0 ? -seconds : seconds) / 60;
  out += base::format("{}{:02}", seconds < 0 ? "-" : "+", minutes / 60);
  if (style != 'Z' && width == 1 && minutes % 60 == 0) return;
  out += base::format("{}{:02}", width == 3 || width == 5 || in_words ? ":" : "", minutes % 60);
}

/// Three digits at least, more as needed.
void print_fraction(int64_t nanos, std::string& out) {
  std::string digits = base::format("{:09}", nanos);
  while (digits.size() > 3 && digits.back() == '0') digits.pop_back();
  out += '.' + digits;
}

void print_elements(const std::vector<Element>& elements, const DateFields& fields, std::string& out) {
  for (const Element& element : elements) {
    const int64_t value = fields[element.field].value_or(0);
    switch (element.kind) {
      case Element::Kind::kLiteral: out += element.literal; break;
      case Element::Kind::kNumber: print_number(value, element.max_width == 19 ? 1 : element.max_width, out); break;
      case Element::Kind::kYear:
        if (value > 9999 && element.min_width >= 4) out += '+';
        print_number(value, element.min_width, out);
        break;
      case Element::Kind::kReducedYear: print_number(floor_mod(value, 100), 2, out); break;
      case Element::Kind::kFraction:
        out += base::format("{:09}", *fields[DateField::kNano]).substr(0, static_cast<size_t>(element.min_width));
        break;
      case Element::Kind::kPointFraction: print_fraction(*fields[DateField::kNano], out); break;
      case Element::Kind::kText: out += names_of(element.field)[static_cast<size_t>(value - first_value_of(element.field))]; break;
      case Element::Kind::kShortText:
        out += names_of(element.field)[static_cast<size_t>(value - first_value_of(element.field))].substr(0, 3);
        break;
      case Element::Kind::kOffset: print_offset(element.style, element.min_width, *fields[DateField::kOffsetSeconds], out); break;
      case Element::Kind::kZone: print_offset('X', 3, *fields[DateField::kOffsetSeconds], out); break;
      case Element::Kind::kOptional: print_elements(element.optional, fields, out); break;
    }
  }
}

class ElementPattern final : public DatePattern {
 public:
  explicit ElementPattern(std::vector<Element> elements) : elements_(std::move(elements)) {}

  std::optional<DateInstant> parse(std::string_view text, DateRounding rounding, size_t& failed_at) const override {
    DateFields fields;
    TextReader reader(text, fields);
    const bool read = reader.read(elements_);
    failed_at = reader.furthest();
    if (!read || !reader.at_end()) return std::nullopt;
    failed_at = 0;
    return resolve_date(fields, rounding);
  }

  std::string print(DateInstant instant) const override {
    std::string out;
    print_elements(elements_, split_moment(instant), out);
    return out;
  }

 private:
  std::vector<Element> elements_;
};

}  // namespace

Result<std::shared_ptr<const DatePattern>> compile_date_pattern(std::string_view pattern, Leniency leniency) {
  ASSIGN_OR_RETURN(auto elements, Compiler(pattern, leniency).run());
  return std::shared_ptr<const DatePattern>(std::make_shared<ElementPattern>(std::move(elements)));
}

}  // namespace selene::index
