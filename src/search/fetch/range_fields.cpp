#include "search/fetch/range_fields.h"

#include <cmath>

#include "index/mapping/document_parser.h"
#include "index/mapping/ip_address.h"
#include "index/mapping/number_parsing.h"
#include "search/query/parse_support.h"

namespace selene::search {
namespace {

using index::FieldType;

bool write_whole(std::string_view text, base::JsonWriter& out) {
  index::WholeNumberError error{};
  const auto number = index::parse_whole_number(text, error);
  if (!number) return false;
  out.value(static_cast<int64_t>(number->negative ? 0 - number->magnitude : number->magnitude));
  return true;
}

bool write_bound(const index::MappedField& field, base::JsonValue value, std::string_view date_format, base::JsonWriter& out) {
  if (value.is_object() || value.is_array()) return false;
  const std::string text = scalar_text(value);
  if (field.type == FieldType::kIntegerRange || field.type == FieldType::kLongRange) return write_whole(text, out);
  if (field.type == FieldType::kDateRange) {
    const auto ms = index::parse_date(text, field.format, 0, index::DateRounding::kDown);
    if (ms) out.value(index::format_date(*ms, date_format));
    return ms.has_value();
  }
  if (field.type == FieldType::kIpRange) {
    const auto bytes = index::parse_ip(text);
    if (bytes) out.value(index::format_ip(*bytes));
    return bytes.has_value();
  }
  const auto number = index::parse_java_double(text);
  if (!number || !std::isfinite(*number)) return false;
  field.type == FieldType::kFloatRange ? out.value(static_cast<float>(*number)) : out.value(*number);
  return true;
}

}  // namespace

bool write_range(const index::MappedField& field, base::JsonValue value, std::string_view date_format, base::JsonWriter& out) {
  if (field.type == FieldType::kIpRange && value.is_string()) {
    if (!index::parse_cidr(value.as_string())) return false;
    out.value(value.as_string());
    return true;
  }
  if (!value.is_object()) return false;
  base::JsonWriter range;
  range.begin_object();
  for (const auto& [key, bound] : value.as_object()) {
    range.key(key);
    if (bound.is_null()) {
      range.null();
    } else if (!write_bound(field, bound, date_format, range)) {
      return false;
    }
  }
  out.raw(range.end_object().text());
  return true;
}

}  // namespace selene::search
