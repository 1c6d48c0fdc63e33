#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "index/mapping/mapping.h"

namespace selene::index {

/// Range fields keep each range of a document as one term: its first and its last value, both contained, as bytes in the order of
/// values. A bound has 8 bytes for numbers and dates (the order-preserving int64 of `encode_sortable`, shifted by 2^63, big-endian)
/// and 16 for addresses. Terms are thus sorted by where ranges begin.

std::string encode_bound(int64_t number);
/// REQUIRES: 8 bytes.
int64_t decode_bound(std::string_view bytes);

/// What an open end stands for: the least or greatest number of the type, infinity, the first or last address.
std::string least_bound(FieldType type);
std::string greatest_bound(FieldType type);
/// The next value of the type after or before `bound`. False: there is none, and `bound` is undefined.
bool next_bound(FieldType type, std::string& bound);
bool previous_bound(FieldType type, std::string& bound);
/// Whether `from` lies behind `to`; 0.0 and -0.0 are one number.
bool is_behind(FieldType type, std::string_view from, std::string_view to);
/// As messages show it: "5", "1.1", "1446249600000", "10.0.0.1".
std::string bound_text(FieldType type, std::string_view bound);

/// Both ends of a term of a range field; views into it.
struct RangeEnds {
  std::string_view from;
  std::string_view to;
};
inline RangeEnds range_ends(std::string_view term) { return {term.substr(0, term.size() / 2), term.substr(term.size() / 2)}; }

}  // namespace selene::index
