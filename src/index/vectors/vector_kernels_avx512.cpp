// GCC 12 takes the undefined operands inside its own intrinsics for mistakes (GCC PR 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#ifndef __clang__  // has no such warning
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include <cstring>

#include "index/vectors/kernel_tables.h"

// AVX-512 F, BW, DQ, VL and VNNI. Tails are loaded under a mask, which gives zeros.
namespace selene::index {
namespace {

__mmask16 mask16(size_t rest) { return static_cast<__mmask16>((1U << rest) - 1); }
__mmask64 mask64(size_t rest) { return rest >= 64 ? ~__mmask64{0} : (__mmask64{1} << rest) - 1; }

__m512 load_bfloat16(__m256i halves) { return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16)); }
__m512 load_bfloat16(const uint16_t* at) { return load_bfloat16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(at))); }
__m512 load_bfloat16(const uint16_t* at, __mmask16 mask) { return load_bfloat16(_mm256_maskz_loadu_epi16(mask, at)); }

float dot_float(const float* a, const float* b, size_t dims) noexcept {
  __m512 s0 = _mm512_setzero_ps();
  __m512 s1 = s0;
  __m512 s2 = s0;
  __m512 s3 = s0;
  size_t i = 0;
  for (; i + 64 <= dims; i += 64) {
    s0 = _mm512_fmadd_ps(_mm512_loadu_ps(a + i), _mm512_loadu_ps(b + i), s0);
    s1 = _mm512_fmadd_ps(_mm512_loadu_ps(a + i + 16), _mm512_loadu_ps(b + i + 16), s1);
    s2 = _mm512_fmadd_ps(_mm512_loadu_ps(a + i + 32), _mm512_loadu_ps(b + i + 32), s2);
    s3 = _mm512_fmadd_ps(_mm512_loadu_ps(a + i + 48), _mm512_loadu_ps(b + i + 48), s3);
  }
  for (; i + 16 <= dims; i += 16) s0 = _mm512_fmadd_ps(_mm512_loadu_ps(a + i), _mm512_loadu_ps(b + i), s0);
  if (i < dims) {
    const __mmask16 mask = mask16(dims - i);
    s1 = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(mask, a + i), _mm512_maskz_loadu_ps(mask, b + i), s1);
  }
  return _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(s0, s1), _mm512_add_ps(s2, s3)));
}

float l2_float(const float* a, const float* b, size_t dims) noexcept {
  __m512 s0 = _mm512_setzero_ps();
  __m512 s1 = s0;
  size_t i = 0;
  for (; i + 32 <= dims; i += 32) {
    const __m512 d0 = _mm512_sub_ps(_mm512_loadu_ps(a + i), _mm512_loadu_ps(b + i));
    const __m512 d1 = _mm512_sub_ps(_mm512_loadu_ps(a + i + 16), _mm512_loadu_ps(b + i + 16));
    s0 = _mm512_fmadd_ps(d0, d0, s0);
    s1 = _mm512_fmadd_ps(d1, d1, s1);
  }
  for (; i < dims; i += 16) {
    const __mmask16 mask = dims - i >= 16 ? __mmask16{0xFFFF} : mask16(dims - i);
    const __m512 difference = _mm512_sub_ps(_mm512_maskz_loadu_ps(mask, a + i), _mm512_maskz_loadu_ps(mask, b + i));
    s0 = _mm512_fmadd_ps(difference, difference, s0);
  }
  return _mm512_reduce_add_ps(_mm512_add_ps(s0, s1));
}

float dot_bfloat16(const float* query, const uint16_t* row, size_t dims) noexcept {
  __m512 s0 = _mm512_setzero_ps();
  __m512 s1 = s0;
  size_t i = 0;
  for (; i + 32 <= dims; i += 32) {
    s0 = _mm512_fmadd_ps(_mm512_loadu_ps(query + i), load_bfloat16(row + i), s0);
    s1 = _mm512_fmadd_ps(_mm512_loadu_ps(query + i + 16), load_bfloat16(row + i + 16), s1);
  }
  for (; i < dims; i += 16) {
    const __mmask16 mask = dims - i >= 16 ? __mmask16{0xFFFF} : mask16(dims - i);
    s0 = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(mask, query + i), load_bfloat16(row + i, mask), s0);
  }
  return _mm512_reduce_add_ps(_mm512_add_ps(s0, s1));
}

float l2_bfloat16(const float* query, const uint16_t* row, size_t dims) noexcept {
  __m512 s = _mm512_setzero_ps();
  for (size_t i = 0; i < dims; i += 16) {
    const __mmask16 mask = dims - i >= 16 ? __mmask16{0xFFFF} : mask16(dims - i);
    const __m512 difference = _mm512_sub_ps(_mm512_maskz_loadu_ps(mask, query + i), load_bfloat16(row + i, mask));
    s = _mm512_fmadd_ps(difference, difference, s);
  }
  return _mm512_reduce_add_ps(s);
}

/// a * b = (a + 128) * b - 128 * b, and the first is an unsigned byte.
int32_t dot_int8(const int8_t* a, const int8_t* b, size_t dims) noexcept {
  const __m512i flip = _mm512_set1_epi8(static_cast<char>(0x80));
  __m512i products = _mm512_setzero_si512();
  __m512i excess = products;
  for (size_t i = 0; i < dims; i += 64) {
    const __mmask64 mask = mask64(dims - i);
    const __m512i x = _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, a + i), flip);
    const __m512i y = _mm512_maskz_loadu_epi8(mask, b + i);
    products = _mm512_dpbusd_epi32(products, x, y);
    excess = _mm512_dpbusd_epi32(excess, flip, y);
  }
  return _mm512_reduce_add_epi32(_mm512_sub_epi32(products, excess));
}

int32_t dot_code8(const uint8_t* codes, const int8_t* query, size_t dims) noexcept {
  __m512i s0 = _mm512_setzero_si512();
  __m512i s1 = s0;
  size_t i = 0;
  for (; i + 128 <= dims; i += 128) {
    s0 = _mm512_dpbusd_epi32(s0, _mm512_loadu_si512(codes + i), _mm512_loadu_si512(query + i));
    s1 = _mm512_dpbusd_epi32(s1, _mm512_loadu_si512(codes + i + 64), _mm512_loadu_si512(query + i + 64));
  }
  for (; i < dims; i += 64) {
    const __mmask64 mask = mask64(dims - i);
    s0 = _mm512_dpbusd_epi32(s0, _mm512_maskz_loadu_epi8(mask, codes + i), _mm512_maskz_loadu_epi8(mask, query + i));
  }
  return _mm512_reduce_add_epi32(_mm512_add_epi32(s0, s1));
}

int32_t dot_code4(const uint8_t* codes, const int8_t* query, size_t dims) noexcept {
  const size_t half = dims / 2;
  const __m512i low_mask = _mm512_set1_epi8(15);
  __m512i s0 = _mm512_setzero_si512();
  __m512i s1 = s0;
  for (size_t i = 0; i < half; i += 64) {
    const __mmask64 mask = mask64(half - i);
    const __m512i bytes = _mm512_maskz_loadu_epi8(mask, codes + i);
    const __m512i low = _mm512_and_si512(bytes, low_mask);
    const __m512i high = _mm512_and_si512(_mm512_srli_epi16(bytes, 4), low_mask);
    s0 = _mm512_dpbusd_epi32(s0, low, _mm512_maskz_loadu_epi8(mask, query + i));
    s1 = _mm512_dpbusd_epi32(s1, high, _mm512_maskz_loadu_epi8(mask, query + half + i));
  }
  return _mm512_reduce_add_epi32(_mm512_add_epi32(s0, s1));
}

int32_t dot_code1(const uint8_t* bits, const int8_t* query, size_t dims) noexcept {
  const __m512i ones = _mm512_set1_epi8(1);
  __m512i s = _mm512_setzero_si512();
  size_t i = 0;
  for (; i + 64 <= dims; i += 64) {
    uint64_t word = 0;
    std::memcpy(&word, bits + i / 8, sizeof word);
    s = _mm512_dpbusd_epi32(s, ones, _mm512_maskz_loadu_epi8(word, query + i));
  }
  if (i < dims) {
    uint64_t word = 0;
    std::memcpy(&word, bits + i / 8, (dims - i + 7) / 8);
    s = _mm512_dpbusd_epi32(s, ones, _mm512_maskz_loadu_epi8(word & mask64(dims - i), query + i));
  }
  return _mm512_reduce_add_epi32(s);
}

int32_t hamming(const uint8_t* a, const uint8_t* b, size_t bytes) noexcept {
  int64_t sum = 0;
  for (size_t i = 0; i < bytes; i += 8) {
    uint64_t x = 0;
    uint64_t y = 0;
    const size_t width = bytes - i < 8 ? bytes - i : 8;
    std::memcpy(&x, a + i, width);
    std::memcpy(&y, b + i, width);
    sum += __builtin_popcountll(x ^ y);
  }
  return static_cast<int32_t>(sum);
}

}  // namespace

const VectorKernels kAvx512VectorKernels{"avx512",  &dot_float, &l2_float,  &dot_bfloat16, &l2_bfloat16,
                                         &dot_int8, &dot_code8, &dot_code4, &dot_code1,    &hamming};

}  // namespace selene::index
