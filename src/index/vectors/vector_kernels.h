#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "simd/isa.h"

namespace selene::index {

/// Loops over the components of two vectors. None allocates; no alignment is needed. Integer results are exact, so equal for every
/// set; sums of floats differ by their order.
struct VectorKernels {
  std::string_view isa;  ///< "scalar", "avx2", "avx512"
  float (*dot_float)(const float* a, const float* b, size_t dims) noexcept;
  /// Squared distance.
  float (*l2_float)(const float* a, const float* b, size_t dims) noexcept;
  float (*dot_bfloat16)(const float* query, const uint16_t* row, size_t dims) noexcept;
  float (*l2_bfloat16)(const float* query, const uint16_t* row, size_t dims) noexcept;
  int32_t (*dot_int8)(const int8_t* a, const int8_t* b, size_t dims) noexcept;
  /// Codes of 0..255.
  int32_t (*dot_code8)(const uint8_t* codes, const int8_t* query, size_t dims) noexcept;
  /// Codes of 0..15, two a byte: the low halves hold the first dims / 2 components, the high halves the others. `dims` is even.
  int32_t (*dot_code4)(const uint8_t* codes, const int8_t* query, size_t dims) noexcept;
  /// The sum of the query's components whose bit is set; bit i of byte j is component 8 * j + i.
  int32_t (*dot_code1)(const uint8_t* bits, const int8_t* query, size_t dims) noexcept;
  /// Bits that differ.
  int32_t (*hamming)(const uint8_t* a, const uint8_t* b, size_t bytes) noexcept;
};

/// Those of simd::active_isa(), chosen once per process.
const VectorKernels& vector_kernels();
/// Every one this machine can run, scalar first.
std::span<const VectorKernels* const> supported_vector_kernels();

}  // namespace selene::index
