#include "index/mapping/range_bounds.h"

#include <cmath>
#include <limits>

#include "base/json/json_writer.h"
#include "index/mapping/document_parser.h"
#include "index/mapping/ip_address.h"

namespace selene::index {
namespace {

constexpr size_t kAddressBytes = 16;
constexpr uint64_t kSign = uint64_t{1} << 63;

bool is_floating_range(FieldType type) { return type == FieldType::kFloatRange || type == FieldType::kDoubleRange; }

struct Limits {
  int64_t least;
  int64_t greatest;
};
/// Of the values that a bound can have, encoded.
Limits limits_of(FieldType type) {
  if (type == FieldType::kIntegerRange) return {std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()};
  if (is_floating_range(type)) return {encode_sortable(-HUGE_VAL), encode_sortable(HUGE_VAL)};
  return {std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()};
}

enum class Step : int8_t { kUp = 1, kDown = -1 };

bool step(FieldType type, std::string& bound, Step direction) {
  if (type == FieldType::kIpRange) return direction == Step::kUp ? next_ip(bound) : previous_ip(bound);
  int64_t number = decode_bound(bound);
  const Limits limits = limits_of(type);
  if (number == (direction == Step::kUp ? limits.greatest : limits.least)) return false;
  if (type == FieldType::kFloatRange) {
    const auto from = static_cast<float>(decode_sortable(number));
    const float end = direction == Step::kUp ? HUGE_VALF : -HUGE_VALF;
    number = encode_sortable(static_cast<double>(std::nextafter(from, end)));
  } else if (type == FieldType::kDoubleRange) {
    number = encode_sortable(std::nextafter(decode_sortable(number), direction == Step::kUp ? HUGE_VAL : -HUGE_VAL));
  } else {
    number += static_cast<int64_t>(direction);
  }
  bound = encode_bound(number);
  return true;
}

}  // namespace

std::string encode_bound(int64_t number) {
  const uint64_t bits = static_cast<uint64_t>(number) ^ kSign;
  std::string bytes(8, '\0');
  for (size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(bits >> (56 - 8 * i));
  return bytes;
}

int64_t decode_bound(std::string_view bytes) {
  uint64_t bits = 0;
  for (const char byte : bytes) bits = bits << 8 | static_cast<uint8_t>(byte);
  return static_cast<int64_t>(bits ^ kSign);
}

std::string least_bound(FieldType type) {
  return type == FieldType::kIpRange ? std::string(kAddressBytes, '\0') : encode_bound(limits_of(type).least);
}

std::string greatest_bound(FieldType type) {
  return type == FieldType::kIpRange ? std::string(kAddressBytes, '\xff') : encode_bound(limits_of(type).greatest);
}

bool next_bound(FieldType type, std::string& bound) { return step(type, bound, Step::kUp); }
bool previous_bound(FieldType type, std::string& bound) { return step(type, bound, Step::kDown); }

bool is_behind(FieldType type, std::string_view from, std::string_view to) {
  if (is_floating_range(type)) return decode_sortable(decode_bound(from)) > decode_sortable(decode_bound(to));
  return from > to;
}

std::string bound_text(FieldType type, std::string_view bound) {
  if (type == FieldType::kIpRange) return format_ip(bound);
  const int64_t number = decode_bound(bound);
  if (type == FieldType::kFloatRange) return base::format_number(static_cast<float>(decode_sortable(number)));
  if (type == FieldType::kDoubleRange) return base::format_number(decode_sortable(number));
  return std::to_string(number);
}

}  // namespace selene::index
