#include "index/mapping/date_pattern.h"

#include <algorithm>

#include "index/mapping/date_elements.h"
#include "index/mapping/date_printer.h"
#include "index/mapping/date_text_reader.h"

namespace selene::index {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

class DatePatternCompiler {
 public:
  DatePatternCompiler(std::string_view pattern, Leniency leniency) : pattern_(pattern), leniency_(leniency) {}

  Result<std::vector<DateElement>> run() {
    ASSIGN_OR_RETURN(auto elements, sequence(0));
    if (pos_ < pattern_.size()) return Error(ErrorCode::kIllegalArgument, "Pattern invalid as it contains ] without previous [");
    return elements;
  }

 private:
  static constexpr int kMaxNesting = 20;

  Result<std::vector<DateElement>> sequence(int nesting) {
    std::vector<DateElement> elements;
    while (pos_ < pattern_.size() && pattern_[pos_] != ']') {
      const char c = pattern_[pos_];
      if (c == '[') {
        if (nesting >= kMaxNesting)
          return Error(ErrorCode::kIllegalArgument, "Pattern has too many optional sections inside each other");
        ++pos_;
        ASSIGN_OR_RETURN(auto inner, sequence(nesting + 1));
        if (pos_ < pattern_.size()) ++pos_;  // Java closes open sections at the end
        DateElement optional;
        optional.kind = DateElement::Kind::kOptional;
        optional.optional = std::move(inner);
        elements.push_back(std::move(optional));
      } else if (c == '\'') {
        ASSIGN_OR_RETURN(std::string text, quoted());
        literal(elements, text);
      } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
        size_t count = 1;
        while (pos_ + count < pattern_.size() && pattern_[pos_ + count] == c) ++count;
        pos_ += count;
        ASSIGN_OR_RETURN(DateElement element, letter(c, static_cast<int32_t>(std::min<size_t>(count, 100))));
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

  static void literal(std::vector<DateElement>& elements, std::string_view text) {
    if (elements.empty() || elements.back().kind != DateElement::Kind::kLiteral) elements.emplace_back();
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

  DateElement number(DateField field, int32_t count, int32_t full_width) const {
    DateElement element;
    element.kind = DateElement::Kind::kNumber;
    element.field = field;
    element.min_width = leniency_ == Leniency::kLenient && full_width <= 3 ? 1 : count;
    element.max_width =
        count == 1 ? (leniency_ == Leniency::kLenient ? full_width : 19) : std::max(count, full_width == 3 ? 3 : count);
    return element;
  }

  static DateElement text(DateField field, int32_t count) {
    DateElement element;
    element.kind = count == 4 ? DateElement::Kind::kText : DateElement::Kind::kShortText;
    element.field = field;
    return element;
  }

  static DateElement year(DateField field, int32_t count) {
    DateElement element;
    element.kind = count == 2 ? DateElement::Kind::kReducedYear : DateElement::Kind::kYear;
    element.field = field;
    element.min_width = count;
    return element;
  }

  Result<DateElement> letter(char c, int32_t count) const {
    DateElement element;
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
        element.kind = DateElement::Kind::kFraction;
        element.min_width = element.max_width = count;
        return element;
      case 'f': element.kind = DateElement::Kind::kPointFraction; return element;
      case 'X':
      case 'x':
      case 'Z':
        if (count > 5) return Error(ErrorCode::kIllegalArgument, "Too many pattern letters: {}", c);
        element.kind = DateElement::Kind::kOffset;
        element.style = c;
        element.min_width = count;
        return element;
      case 'J':
      case 'V':
      case 'z':
      case 'v':
      case 'O': element.kind = DateElement::Kind::kZone; return element;
      default: return Error(ErrorCode::kIllegalArgument, "Unknown pattern letter: {}", c);
    }
  }

  static void reserve_digits(std::vector<DateElement>& elements) {
    int32_t reserved = 0;
    for (auto element = elements.rbegin(); element != elements.rend(); ++element) {
      const bool numeric = element->kind == DateElement::Kind::kNumber || element->kind == DateElement::Kind::kYear ||
                           element->kind == DateElement::Kind::kReducedYear || element->kind == DateElement::Kind::kFraction;
      element->reserved = numeric ? reserved : 0;
      const bool fixed = numeric && (element->kind != DateElement::Kind::kNumber || element->min_width == element->max_width);
      reserved = fixed ? reserved + element->min_width : 0;
    }
  }

  std::string_view pattern_;
  Leniency leniency_;
  size_t pos_ = 0;
};

class ElementPattern final : public DatePattern {
 public:
  explicit ElementPattern(std::vector<DateElement> elements) : elements_(std::move(elements)) {}

  std::optional<DateInstant> parse(std::string_view text, DateRounding rounding, size_t& failed_at) const override {
    DateFields fields;
    if (!read_date_text(text, elements_, fields, failed_at)) return std::nullopt;
    failed_at = 0;
    return resolve_date(fields, rounding);
  }

  std::string print(DateInstant instant) const override { return print_date(instant, elements_); }

 private:
  std::vector<DateElement> elements_;
};

}  // namespace

Result<std::shared_ptr<const DatePattern>> compile_date_pattern(std::string_view pattern, Leniency leniency) {
  ASSIGN_OR_RETURN(auto elements, DatePatternCompiler(pattern, leniency).run());
  return std::shared_ptr<const DatePattern>(std::make_shared<ElementPattern>(std::move(elements)));
}

}  // namespace selene::index
