#include <bit>
#include <cstring>

#include "index/vectors/kernel_tables.h"

namespace selene::index {
namespace {

float from_bfloat16(uint16_t bits) { return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16); }

float dot_float(const float* a, const float* b, size_t dims) noexcept {
  float sum = 0;
  for (size_t i = 0; i < dims; ++i) sum += a[i] * b[i];
  return sum;
}

float l2_float(const float* a, const float* b, size_t dims) noexcept {
  float sum = 0;
  for (size_t i = 0; i < dims; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

float dot_bfloat16(const float* query, const uint16_t* row, size_t dims) noexcept {
  float sum = 0;
  for (size_t i = 0; i < dims; ++i) sum += query[i] * from_bfloat16(row[i]);
  return sum;
}

float l2_bfloat16(const float* query, const uint16_t* row, size_t dims) noexcept {
  float sum = 0;
  for (size_t i = 0; i < dims; ++i) {
    const float difference = query[i] - from_bfloat16(row[i]);
    sum += difference * difference;
  }
  return sum;
}

int32_t dot_int8(const int8_t* a, const int8_t* b, size_t dims) noexcept {
  int32_t sum = 0;
  for (size_t i = 0; i < dims; ++i) sum += int32_t{a[i]} * b[i];
  return sum;
}

int32_t dot_code8(const uint8_t* codes, const int8_t* query, size_t dims) noexcept {
  int32_t sum = 0;
  for (size_t i = 0; i < dims; ++i) sum += int32_t{codes[i]} * query[i];
  return sum;
}

int32_t dot_code4(const uint8_t* codes, const int8_t* query, size_t dims) noexcept {
  const size_t half = dims / 2;
  int32_t sum = 0;
  for (size_t i = 0; i < half; ++i) sum += (codes[i] & 15) * query[i] + (codes[i] >> 4) * query[half + i];
  return sum;
}

int32_t dot_code1(const uint8_t* bits, const int8_t* query, size_t dims) noexcept {
  int32_t sum = 0;
  for (size_t i = 0; i < dims; ++i) sum += (bits[i / 8] >> (i % 8) & 1) * query[i];
  return sum;
}

int32_t hamming(const uint8_t* a, const uint8_t* b, size_t bytes) noexcept {
  int32_t sum = 0;
  for (size_t i = 0; i < bytes; ++i) sum += std::popcount(static_cast<uint8_t>(a[i] ^ b[i]));
  return sum;
}

}  // namespace

const VectorKernels kScalarVectorKernels{"scalar",  &dot_float, &l2_float,  &dot_bfloat16, &l2_bfloat16,
                                         &dot_int8, &dot_code8, &dot_code4, &dot_code1,    &hamming};

}  // namespace selene::index
