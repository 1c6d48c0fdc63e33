#pragma once

#include <immintrin.h>

#include <cstdint>

namespace selene::models {
namespace {

/// Vectors of 8 floats. Internal linkage on purpose: whatever is instantiated with it stays in the AVX2 file.
struct VecAvx2 {
  static constexpr int32_t kWidth = 8;
  static constexpr int32_t kMaxRows = 6;  // of a tile: 6 x 2 accumulators, 2 weights, 1 activation in 16 registers
  using F = __m256;
  using I = __m256i;

  static F zero() { return _mm256_setzero_ps(); }
  static F set1(float x) { return _mm256_set1_ps(x); }
  static F load(const float* p) { return _mm256_loadu_ps(p); }
  static F load_n(const float* p, int32_t n) { return _mm256_maskload_ps(p, first(n)); }
  static void store(float* p, F x) { _mm256_storeu_ps(p, x); }
  static void store_n(float* p, F x, int32_t n) { _mm256_maskstore_ps(p, first(n), x); }
  static F add(F a, F b) { return _mm256_add_ps(a, b); }
  static F sub(F a, F b) { return _mm256_sub_ps(a, b); }
  static F mul(F a, F b) { return _mm256_mul_ps(a, b); }
  static F div(F a, F b) { return _mm256_div_ps(a, b); }
  static F fma(F a, F b, F c) { return _mm256_fmadd_ps(a, b, c); }
  static F fnma(F a, F b, F c) { return _mm256_fnmadd_ps(a, b, c); }
  static F fms(F a, F b, F c) { return _mm256_fmsub_ps(a, b, c); }
  /// b where a is NaN, as the instruction does.
  static F max(F a, F b) { return _mm256_max_ps(a, b); }
  static F min(F a, F b) { return _mm256_min_ps(a, b); }
  static F abs(F a) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0F), a); }
  static F copysign(F magnitude, F sign) {
    const F mask = _mm256_set1_ps(-0.0F);
    return _mm256_or_ps(_mm256_and_ps(mask, sign), _mm256_andnot_ps(mask, magnitude));
  }
  static F round(F a) { return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
  /// a * 2^n, n integral in [-127, 127].
  static F scale2(F a, F n) {
    const I exponent = _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23);
    return _mm256_mul_ps(a, _mm256_castsi256_ps(exponent));
  }
  static float reduce_add(F a) {
    __m128 x = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    x = _mm_add_ps(x, _mm_movehl_ps(x, x));
    return _mm_cvtss_f32(_mm_add_ss(x, _mm_shuffle_ps(x, x, 1)));
  }
  static float reduce_max(F a) {
    __m128 x = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    x = _mm_max_ps(x, _mm_movehl_ps(x, x));
    return _mm_cvtss_f32(_mm_max_ss(x, _mm_shuffle_ps(x, x, 1)));
  }
  static F from_int(I a) { return _mm256_cvtepi32_ps(a); }
  static I to_int(F a) { return _mm256_cvtps_epi32(a); }
  static F load_f16(const uint16_t* p) { return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))); }
  static F load_bf16(const uint16_t* p) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))), 16));
  }
  static void store_bf16(uint16_t* p, F x) {
    const I high = _mm256_srli_epi32(round_bits_to_bf16(x), 16);
    const __m128i packed = _mm_packus_epi32(_mm256_castsi256_si128(high), _mm256_extracti128_si256(high, 1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), packed);
  }
  /// Bits of the floats of a bf16 pair in each 32-bit lane.
  static F bf16_low(I a) { return _mm256_castsi256_ps(_mm256_slli_epi32(a, 16)); }
  static F bf16_high(I a) { return _mm256_castsi256_ps(_mm256_and_si256(a, _mm256_set1_epi32(static_cast<int32_t>(0xFFFF0000U)))); }
  /// Opaque to the compiler: computed here and nowhere else.
  static void keep(F& x) { asm volatile("" : "+x"(x)); }
  static void keep(I& x) { asm volatile("" : "+x"(x)); }
  static I load_i(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }
  static void store_i(void* p, I x) { _mm256_storeu_si256(static_cast<__m256i*>(p), x); }
  static I broadcast_i(const void* p) { return _mm256_set1_epi32(*static_cast<const Bits32*>(p)); }

  /// to[j * to_stride + i] = word j of row i, for 8 rows of 8 words of 32 bits; row i begins at from + i * from_stride bytes.
  static void transpose_words(const char* from, int64_t from_stride, uint32_t* to, int64_t to_stride) {
    I a[8];
    I b[8];
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) a[i] = load_i(from + i * from_stride);
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      b[2 * i] = _mm256_unpacklo_epi32(a[2 * i], a[2 * i + 1]);
      b[2 * i + 1] = _mm256_unpackhi_epi32(a[2 * i], a[2 * i + 1]);
    }
#pragma GCC unroll 2
    for (int i = 0; i < 2; ++i) {  // a[4i + k]: word k of each 128-bit lane, of rows 4i..4i+3
      a[4 * i] = _mm256_unpacklo_epi64(b[4 * i], b[4 * i + 2]);
      a[4 * i + 1] = _mm256_unpackhi_epi64(b[4 * i], b[4 * i + 2]);
      a[4 * i + 2] = _mm256_unpacklo_epi64(b[4 * i + 1], b[4 * i + 3]);
      a[4 * i + 3] = _mm256_unpackhi_epi64(b[4 * i + 1], b[4 * i + 3]);
    }
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) {
      store_i(to + k * to_stride, _mm256_permute2x128_si256(a[k], a[4 + k], 0x20));
      store_i(to + (4 + k) * to_stride, _mm256_permute2x128_si256(a[k], a[4 + k], 0x31));
    }
  }

  // int8: weights int8 in pairs of k, widened in the loop; activations int16, so that vpmaddwd never saturates.
  static constexpr int32_t kI8Group = 2;
  static constexpr int32_t kI8ActBytes = 2;
  static constexpr int32_t kI8Zero = 0;
  static I i8_start(const int32_t*) { return _mm256_setzero_si256(); }
  static I i8_weights(const int8_t* p) { return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))); }
  static I i8_activations(const void* p) { return broadcast_i(p); }
  static I i8_dot(I acc, I a, I w) { return _mm256_add_epi32(acc, _mm256_madd_epi16(a, w)); }
  static void i8_store(void* q, int64_t c, F x) {
    const I v = to_int(x);
    const __m128i packed = _mm_packs_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(static_cast<int16_t*>(q) + c), packed);
  }

 private:
  using Bits32 __attribute__((may_alias, aligned(1))) = int32_t;
  static I first(int32_t n) { return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)); }
  /// Round to nearest even in the upper 16 bits; a NaN stays one.
  static I round_bits_to_bf16(F x) {
    const I bits = _mm256_castps_si256(x);
    const I odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
    const I rounded = _mm256_add_epi32(bits, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7FFF)));
    const I nan = _mm256_castps_si256(_mm256_cmp_ps(x, x, _CMP_UNORD_Q));
    return _mm256_blendv_epi8(rounded, _mm256_or_si256(bits, _mm256_set1_epi32(0x400000)), nan);
  }
};

}  // namespace
}  // namespace selene::models
