#pragma once

#include <bit>
#include <cstdint>

namespace selene::index {

/// Four significant bits of a number and its exponent in one byte each way; order-preserving.
/// Source: Lucene, SmallFloat.longToInt4 / int4ToLong.
namespace norms_detail {
constexpr uint32_t long_to_int4(uint64_t value) {
  const int num_bits = 64 - std::countl_zero(value);
  if (num_bits < 4) return static_cast<uint32_t>(value);
  const int shift = num_bits - 4;
  return (static_cast<uint32_t>(value >> shift) & 0x07U) | (static_cast<uint32_t>(shift + 1) << 3);
}
constexpr uint64_t int4_to_long(uint32_t encoded) {
  const uint64_t bits = encoded & 0x07U;
  const int shift = static_cast<int>(encoded >> 3) - 1;
  return shift < 0 ? bits : (bits | 0x08U) << shift;
}
inline constexpr uint32_t kMaxInt4 = long_to_int4(0x7FFFFFFF);
inline constexpr uint32_t kNumFreeValues = 255 - kMaxInt4;
}  // namespace norms_detail

/// The norm byte of a field with `length` terms, exact up to 39, then four significant bits. Monotonic.
/// REQUIRES: length <= INT32_MAX.  Source: Lucene, SmallFloat.intToByte4.
constexpr uint8_t encode_norm(uint32_t length) {
  if (length < norms_detail::kNumFreeValues) return static_cast<uint8_t>(length);
  return static_cast<uint8_t>(norms_detail::kNumFreeValues + norms_detail::long_to_int4(length - norms_detail::kNumFreeValues));
}
/// The length a norm byte stands for: the smallest that encodes to it.  Source: Lucene, SmallFloat.byte4ToInt.
constexpr uint32_t decode_norm(uint8_t norm) {
  if (norm < norms_detail::kNumFreeValues) return norm;
  return norms_detail::kNumFreeValues + static_cast<uint32_t>(norms_detail::int4_to_long(norm - norms_detail::kNumFreeValues));
}

}  // namespace selene::index
