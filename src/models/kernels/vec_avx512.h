#pragma once

#include <immintrin.h>

#include <cstdint>

// GCC 12's own AVX-512 headers read an "undefined" vector on purpose (GCC bug 105593).
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

namespace selene::models {
namespace {

/// Vectors of 16 floats. Internal linkage on purpose: whatever is instantiated with it stays in the AVX-512 file.
struct VecAvx512 {
  static constexpr int32_t kWidth = 16;
  static constexpr int32_t kMaxRows = 12;  // of a tile: 12 x 2 accumulators, 2 weights, 1 activation in 32 registers
  using F = __m512;
  using I = __m512i;

  static F zero() { return _mm512_setzero_ps(); }
  static F set1(float x) { return _mm512_set1_ps(x); }
  static F load(const float* p) { return _mm512_loadu_ps(p); }
  static F load_n(const float* p, int32_t n) { return _mm512_maskz_loadu_ps(first(n), p); }
  static void store(float* p, F x) { _mm512_storeu_ps(p, x); }
  static void store_n(float* p, F x, int32_t n) { _mm512_mask_storeu_ps(p, first(n), x); }
  static F add(F a, F b) { return _mm512_add_ps(a, b); }
  static F sub(F a, F b) { return _mm512_sub_ps(a, b); }
  static F mul(F a, F b) { return _mm512_mul_ps(a, b); }
  static F div(F a, F b) { return _mm512_div_ps(a, b); }
  static F fma(F a, F b, F c) { return _mm512_fmadd_ps(a, b, c); }
  static F fnma(F a, F b, F c) { return _mm512_fnmadd_ps(a, b, c); }
  static F fms(F a, F b, F c) { return _mm512_fmsub_ps(a, b, c); }
  /// b where a is NaN, as the instruction does.
  static F max(F a, F b) { return _mm512_max_ps(a, b); }
  static F min(F a, F b) { return _mm512_min_ps(a, b); }
  static F abs(F a) { return _mm512_abs_ps(a); }
  static F copysign(F magnitude, F sign) {
    const I mask = _mm512_set1_epi32(static_cast<int32_t>(0x80000000U));
    return _mm512_castsi512_ps(_mm512_ternarylogic_epi32(mask, _mm512_castps_si512(sign), _mm512_castps_si512(magnitude), 0xCA));
  }
  static F round(F a) { return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
  /// a * 2^n, n integral.
  static F scale2(F a, F n) { return _mm512_scalef_ps(a, n); }
  static float reduce_add(F a) { return _mm512_reduce_add_ps(a); }
  static float reduce_max(F a) { return _mm512_reduce_max_ps(a); }
  static F from_int(I a) { return _mm512_cvtepi32_ps(a); }
  static I to_int(F a) { return _mm512_cvtps_epi32(a); }
  static F load_f16(const uint16_t* p) { return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))); }
  static F load_bf16(const uint16_t* p) {
    return _mm512_castsi512_ps(
        _mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))), 16));
  }
  static void store_bf16(uint16_t* p, F x) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_cvtepi32_epi16(_mm512_srli_epi32(round_bits_to_bf16(x), 16)));
  }
  /// Bits of the floats of a bf16 pair in each 32-bit lane.
  static F bf16_low(I a) { return _mm512_castsi512_ps(_mm512_slli_epi32(a, 16)); }
  static F bf16_high(I a) { return _mm512_castsi512_ps(_mm512_and_si512(a, _mm512_set1_epi32(static_cast<int32_t>(0xFFFF0000U)))); }
  /// Opaque to the compiler: computed here and nowhere else.
  static void keep(F& x) { asm volatile("" : "+v"(x)); }
  static void keep(I& x) { asm volatile("" : "+v"(x)); }
  static I load_i(const void* p) { return _mm512_loadu_si512(p); }
  static I broadcast_i(const void* p) { return _mm512_set1_epi32(*static_cast<const Bits32*>(p)); }

  /// to[j * to_stride + i] = word j of row i, for 16 rows of 16 words of 32 bits; row i begins at from + i * from_stride bytes.
  static void transpose_words(const char* from, int64_t from_stride, uint32_t* to, int64_t to_stride) {
    I a[16];
    I b[16];
#pragma GCC unroll 16
    for (int i = 0; i < 16; ++i) a[i] = load_i(from + i * from_stride);
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) {  // pairs of rows: words 0 1 4 5.. and 2 3 6 7..
      b[2 * i] = _mm512_unpacklo_epi32(a[2 * i], a[2 * i + 1]);
      b[2 * i + 1] = _mm512_unpackhi_epi32(a[2 * i], a[2 * i + 1]);
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {  // a[4i + k]: word k of each 128-bit lane, of rows 4i..4i+3
      a[4 * i] = _mm512_unpacklo_epi64(b[4 * i], b[4 * i + 2]);
      a[4 * i + 1] = _mm512_unpackhi_epi64(b[4 * i], b[4 * i + 2]);
      a[4 * i + 2] = _mm512_unpacklo_epi64(b[4 * i + 1], b[4 * i + 3]);
      a[4 * i + 3] = _mm512_unpackhi_epi64(b[4 * i + 1], b[4 * i + 3]);
    }
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) {  // a 4 x 4 transpose of the 128-bit lanes
      const I low02 = _mm512_shuffle_i32x4(a[k], a[4 + k], 0x88);
      const I low13 = _mm512_shuffle_i32x4(a[k], a[4 + k], 0xDD);
      const I high02 = _mm512_shuffle_i32x4(a[8 + k], a[12 + k], 0x88);
      const I high13 = _mm512_shuffle_i32x4(a[8 + k], a[12 + k], 0xDD);
      _mm512_storeu_si512(to + k * to_stride, _mm512_shuffle_i32x4(low02, high02, 0x88));
      _mm512_storeu_si512(to + (4 + k) * to_stride, _mm512_shuffle_i32x4(low13, high13, 0x88));
      _mm512_storeu_si512(to + (8 + k) * to_stride, _mm512_shuffle_i32x4(low02, high02, 0xDD));
      _mm512_storeu_si512(to + (12 + k) * to_stride, _mm512_shuffle_i32x4(low13, high13, 0xDD));
    }
  }

  // int8: weights int8 in groups of four k, activations uint8 with offset 128 (undone by the GEMM's w_offsets).
  static constexpr int32_t kI8Group = 4;
  static constexpr int32_t kI8ActBytes = 1;
  static constexpr int32_t kI8Zero = 128;
  static I i8_start(const int32_t* offsets) { return _mm512_loadu_si512(offsets); }
  static I i8_weights(const int8_t* p) { return _mm512_loadu_si512(p); }
  static I i8_activations(const void* p) { return broadcast_i(p); }
  static I i8_dot(I acc, I a, I w) {
    asm("vpdpbusd %2, %1, %0" : "+v"(acc) : "v"(a), "v"(w));  // GCC 12 copies and spills accumulators around the intrinsic
    return acc;
  }
  static void i8_store(void* q, int64_t c, F x) {
    const I v = _mm512_add_epi32(to_int(x), _mm512_set1_epi32(kI8Zero));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(static_cast<uint8_t*>(q) + c), _mm512_cvtepi32_epi8(v));
  }
  /// i8_store of four vectors at c, c + 16, ...; integers that are packed keep the order of 128-bit lanes, which the permutation
  /// undoes.
  static void i8_store4(void* q, int64_t c, F a, F b, F x, F y) {
    const I low = _mm512_packs_epi32(to_int(a), to_int(b));
    const I high = _mm512_packs_epi32(to_int(x), to_int(y));
    const I order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    const I bytes = _mm512_permutexvar_epi32(order, _mm512_packs_epi16(low, high));
    _mm512_storeu_si512(static_cast<uint8_t*>(q) + c, _mm512_xor_si512(bytes, _mm512_set1_epi8(static_cast<char>(kI8Zero))));
  }

 private:
  using Bits32 __attribute__((may_alias, aligned(1))) = int32_t;
  static __mmask16 first(int32_t n) { return static_cast<__mmask16>((1U << static_cast<uint32_t>(n)) - 1U); }
  /// Round to nearest even in the upper 16 bits; a NaN stays one.
  static I round_bits_to_bf16(F x) {
    const I bits = _mm512_castps_si512(x);
    const I odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    const I rounded = _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7FFF)));
    const __mmask16 nan = _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
    return _mm512_mask_or_epi32(rounded, nan, bits, _mm512_set1_epi32(0x400000));
  }
};

}  // namespace
}  // namespace selene::models
