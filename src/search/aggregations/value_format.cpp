#include "search/aggregations/value_format.h"

#include <unicode/decimfmt.h>

#include <cmath>

#include "base/format.h"
#include "index/mapping/document_parser.h"
#include "index/mapping/ip_address.h"
#include "search/aggregations/aggregation.h"

namespace selene::search {
namespace {

constexpr std::string_view kDefaultDateFormat = "strict_date_optional_time||epoch_millis";

std::string offset_text(int64_t offset_ms) {
  const int64_t minutes = std::abs(offset_ms) / 60000;
  const auto two = [](int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  return (offset_ms < 0 ? "-" : "+") + two(minutes / 60) + ":" + two(minutes % 60);
}

std::string date_text(int64_t ms, const std::string& pattern, const TimeZone& zone) {
  if (zone.is_utc()) return index::format_date(ms, pattern);
  if (pattern.starts_with("epoch_")) return index::format_date(ms, pattern);
  const int64_t offset = zone.offset_ms(ms);
  std::string text = index::format_date(ms + offset, pattern);
  if (text.ends_with('Z')) text.replace(text.size() - 1, 1, offset == 0 ? "Z" : offset_text(offset));
  return text;
}

std::string decimal_text(double value, const std::string& pattern) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::DecimalFormat format(icu::UnicodeString::fromUTF8(pattern), icu::DecimalFormatSymbols(icu::Locale::getRoot(), status),
                                  status);
  if (U_FAILURE(status) != 0) return base::format_number(value);
  icu::UnicodeString text;
  format.format(value, text);
  std::string utf8;
  return text.toUTF8String(utf8);
}

}  // namespace

ValueFormat ValueFormat::of(const index::MappedField* field, std::string_view pattern, const TimeZone& zone) {
  ValueFormat format;
  format.zone_ = zone;
  format.pattern_ = std::string(pattern);
  if (field == nullptr) {
    if (!pattern.empty()) format.kind_ = Kind::kDecimal;
    return format;
  }
  if (field->type == index::FieldType::kDate || field->type == index::FieldType::kDateNanos) {
    format.kind_ = Kind::kDate;
    if (pattern.empty()) format.pattern_ = field->format.empty() ? std::string(kDefaultDateFormat) : field->format;
  } else if (field->type == index::FieldType::kBoolean) {
    format.kind_ = Kind::kBoolean;
  } else if (field->type == index::FieldType::kIp) {
    format.kind_ = Kind::kAddress;
  } else if (field->type == index::FieldType::kUnsignedLong) {
    format.kind_ = Kind::kUnsigned;
  } else if (!pattern.empty() && index::is_numeric(field->type)) {
    format.kind_ = Kind::kDecimal;
  }
  return format;
}

std::string ValueFormat::text(double value) const {
  switch (kind_) {
    case Kind::kBoolean: return value != 0 ? "true" : "false";
    case Kind::kDate: return std::isfinite(value) ? date_text(static_cast<int64_t>(value), pattern_, zone_) : "";
    case Kind::kDecimal: return decimal_text(value, pattern_);
    default: return base::format_number(value);
  }
}

std::string ValueFormat::text_of_term(std::string_view term) const {
  return kind_ == Kind::kAddress ? index::format_ip(term) : std::string(term);
}

std::string ValueFormat::text_of_integer(int64_t value) const {
  switch (kind_) {
    case Kind::kPlain: return std::to_string(value);
    case Kind::kUnsigned: return std::to_string(static_cast<uint64_t>(value) ^ (uint64_t{1} << 63));
    case Kind::kDate: return date_text(value, pattern_, zone_);
    default: return text(static_cast<double>(value));
  }
}

void append_number(std::string& members, std::string_view name, double value, const ValueFormat& format) {
  if (!std::isfinite(value)) {
    append_member(members, name, "null");
    return;
  }
  append_member(members, name, base::format_number(value));
  if (format.shows_text()) append_member(members, std::string(name) + "_as_string", base::quote(format.text(value)));
}

}  // namespace selene::search
