#include <cstring>

#include "index/mapping/document_parser.h"

namespace selene::index {

// Negative numbers have their bits below the sign turned over, so that int64 order is the order of the doubles.
int64_t encode_sortable(double value) {
  int64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits ^ ((bits >> 63) & INT64_MAX);
}

double decode_sortable(int64_t encoded) {
  const int64_t bits = encoded ^ ((encoded >> 63) & INT64_MAX);
  double value = 0;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

double decode_number(const MappedField& field, int64_t encoded) {
  switch (field.type) {
    case FieldType::kDouble:
    case FieldType::kFloat:
    case FieldType::kHalfFloat: return decode_sortable(encoded);
    case FieldType::kScaledFloat: return static_cast<double>(encoded) / field.scaling_factor;
    case FieldType::kUnsignedLong: return static_cast<double>(static_cast<uint64_t>(encoded) ^ (uint64_t{1} << 63));
    default: return static_cast<double>(encoded);
  }
}

}  // namespace selene::index
