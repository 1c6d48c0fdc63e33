#pragma once

#include <immintrin.h>

#include <cstdint>

#include "models/kernels/vec_avx2.h"

namespace selene::models {
namespace {

/// VecAvx2 with the int8 layout of VecAvx512: groups of four k, activations uint8 with offset 128, one dot instruction.
struct VecAvxVnni : VecAvx2 {
  static constexpr int32_t kI8Group = 4;
  static constexpr int32_t kI8ActBytes = 1;
  static constexpr int32_t kI8Zero = 128;
  static I i8_start(const int32_t* offsets) { return load_i(offsets); }
  static I i8_weights(const int8_t* p) { return load_i(p); }
  static I i8_activations(const void* p) { return broadcast_i(p); }
  static I i8_dot(I acc, I a, I w) {
#if defined(__AVX512VNNI__) && defined(__AVX512VL__)
    asm("vpdpbusd %2, %1, %0" : "+v"(acc) : "v"(a), "v"(w));
#else
    asm("%{vex%} vpdpbusd %2, %1, %0" : "+x"(acc) : "x"(a), "x"(w));
#endif
    return acc;
  }
  static void i8_store(void* q, int64_t c, F x) {
    const I v = _mm256_add_epi32(to_int(x), _mm256_set1_epi32(kI8Zero));
    const __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(static_cast<uint8_t*>(q) + c), _mm_packus_epi16(words, words));
  }
};

}  // namespace
}  // namespace selene::models
