#pragma once

#include <arm_neon.h>

#include <cstdint>
#include <cstring>

namespace selene::models {
namespace {

/// Vectors of 4 floats in AArch64's Advanced SIMD registers. Internal linkage on purpose: whatever is instantiated with it stays in
/// its CPU file. Source of the instructions: Arm Architecture Reference Manual for A-profile, C7.
struct VecNeon {
  static constexpr int32_t kWidth = 4;
  static constexpr int32_t kMaxRows = 12;  // of a tile: 12 x 2 accumulators, 2 weights, activations in 32 registers
  using F = float32x4_t;
  using I = int32x4_t;

  static F zero() { return vdupq_n_f32(0.0F); }
  static F set1(float x) { return vdupq_n_f32(x); }
  static F load(const float* p) { return vld1q_f32(p); }
  static F load_n(const float* p, int32_t n) {
    float x[kWidth] = {};
    std::memcpy(x, p, static_cast<size_t>(n) * sizeof(float));
    return vld1q_f32(x);
  }
  static void store(float* p, F x) { vst1q_f32(p, x); }
  static void store_n(float* p, F x, int32_t n) { std::memcpy(p, &x, static_cast<size_t>(n) * sizeof(float)); }
  static F add(F a, F b) { return vaddq_f32(a, b); }
  static F sub(F a, F b) { return vsubq_f32(a, b); }
  static F mul(F a, F b) { return vmulq_f32(a, b); }
  static F div(F a, F b) { return vdivq_f32(a, b); }
  static F fma(F a, F b, F c) { return vfmaq_f32(c, a, b); }
  static F fnma(F a, F b, F c) { return vfmsq_f32(c, a, b); }
  static F fms(F a, F b, F c) { return vnegq_f32(vfmsq_f32(c, a, b)); }
  /// b where a is NaN, as on the other processors; vmaxq_f32 would give NaN.
  static F max(F a, F b) { return vbslq_f32(vcgtq_f32(a, b), a, b); }
  static F min(F a, F b) { return vbslq_f32(vcltq_f32(a, b), a, b); }
  static F abs(F a) { return vabsq_f32(a); }
  static F copysign(F magnitude, F sign) { return vbslq_f32(vdupq_n_u32(0x80000000U), sign, magnitude); }
  static F round(F a) { return vrndnq_f32(a); }
  /// a * 2^n, n integral in [-127, 127].
  static F scale2(F a, F n) {
    return vmulq_f32(a, vreinterpretq_f32_s32(vshlq_n_s32(vaddq_s32(vcvtnq_s32_f32(n), vdupq_n_s32(127)), 23)));
  }
  static float reduce_add(F a) { return vaddvq_f32(a); }
  static float reduce_max(F a) { return vmaxvq_f32(a); }
  static F from_int(I a) { return vcvtq_f32_s32(a); }
  static I to_int(F a) { return vcvtnq_s32_f32(a); }
  static F load_f16(const uint16_t* p) { return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(p))); }
  static F load_bf16(const uint16_t* p) { return vreinterpretq_f32_u32(vshll_n_u16(vld1_u16(p), 16)); }
  static void store_bf16(uint16_t* p, F x) { vst1_u16(p, vshrn_n_u32(round_bits_to_bf16(x), 16)); }
  /// Bits of the floats of a bf16 pair in each 32-bit lane.
  static F bf16_low(I a) { return vreinterpretq_f32_s32(vshlq_n_s32(a, 16)); }
  static F bf16_high(I a) { return vreinterpretq_f32_s32(vandq_s32(a, vdupq_n_s32(static_cast<int32_t>(0xFFFF0000U)))); }
  /// Opaque to the compiler: computed here and nowhere else.
  static void keep(F& x) { asm volatile("" : "+w"(x)); }
  static void keep(I& x) { asm volatile("" : "+w"(x)); }
  static I load_i(const void* p) { return vreinterpretq_s32_u8(vld1q_u8(static_cast<const uint8_t*>(p))); }
  static void store_i(void* p, I x) { vst1q_u8(static_cast<uint8_t*>(p), vreinterpretq_u8_s32(x)); }
  static I broadcast_i(const void* p) { return vdupq_n_s32(word(p)); }

  /// to[j * to_stride + i] = word j of row i, for 4 rows of 4 words of 32 bits; row i begins at from + i * from_stride bytes.
  static void transpose_words(const char* from, int64_t from_stride, uint32_t* to, int64_t to_stride) {
    const I a = load_i(from);
    const I b = load_i(from + from_stride);
    const I c = load_i(from + 2 * from_stride);
    const I d = load_i(from + 3 * from_stride);
    const int64x2_t ab_even = vreinterpretq_s64_s32(vtrn1q_s32(a, b));  // words 0 and 2 of a and b
    const int64x2_t ab_odd = vreinterpretq_s64_s32(vtrn2q_s32(a, b));
    const int64x2_t cd_even = vreinterpretq_s64_s32(vtrn1q_s32(c, d));
    const int64x2_t cd_odd = vreinterpretq_s64_s32(vtrn2q_s32(c, d));
    store_i(to, vreinterpretq_s32_s64(vtrn1q_s64(ab_even, cd_even)));
    store_i(to + to_stride, vreinterpretq_s32_s64(vtrn1q_s64(ab_odd, cd_odd)));
    store_i(to + 2 * to_stride, vreinterpretq_s32_s64(vtrn2q_s64(ab_even, cd_even)));
    store_i(to + 3 * to_stride, vreinterpretq_s32_s64(vtrn2q_s64(ab_odd, cd_odd)));
  }

  // int8: one k at a time, activations int16.
  static constexpr int32_t kI8Group = 1;
  static constexpr int32_t kI8ActBytes = 2;
  static constexpr int32_t kI8Zero = 0;
  static I i8_start(const int32_t* /*offsets*/) { return vdupq_n_s32(0); }
  static I i8_weights(const int8_t* p) { return vmovl_s16(vget_low_s16(vmovl_s8(vreinterpret_s8_s32(vdup_n_s32(word(p)))))); }
  static I i8_activations(const void* p) {
    int16_t x;
    std::memcpy(&x, p, sizeof x);
    return vdupq_n_s32(x);
  }
  static I i8_dot(I acc, I a, I w) { return vmlaq_s32(acc, a, w); }
  static void i8_store(void* q, int64_t c, F x) { vst1_s16(static_cast<int16_t*>(q) + c, vqmovn_s32(to_int(x))); }

 protected:
  static int32_t word(const void* p) {
    int32_t x;
    std::memcpy(&x, p, sizeof x);
    return x;
  }

 private:
  /// Round to nearest even in the upper 16 bits; a NaN stays one.
  static uint32x4_t round_bits_to_bf16(F x) {
    const uint32x4_t bits = vreinterpretq_u32_f32(x);
    const uint32x4_t odd = vandq_u32(vshrq_n_u32(bits, 16), vdupq_n_u32(1));
    const uint32x4_t rounded = vaddq_u32(bits, vaddq_u32(odd, vdupq_n_u32(0x7FFF)));
    return vbslq_u32(vceqq_f32(x, x), rounded, vorrq_u32(bits, vdupq_n_u32(0x400000)));
  }
};

/// int8 in what the dot and matrix instructions take: activations int8 as they are.
struct VecNeonBytes : VecNeon {
  static constexpr int32_t kI8ActBytes = 1;
  /// Four bytes, without those behind the row's last column, which is a multiple of four.
  static void i8_store(void* q, int64_t c, F x) {
    const int16x4_t words = vqmovn_s32(to_int(x));
    const int8x8_t bytes = vqmovn_s16(vcombine_s16(words, words));
    const int32_t four = vget_lane_s32(vreinterpret_s32_s8(bytes), 0);
    std::memcpy(static_cast<int8_t*>(q) + c, &four, sizeof four);
  }
};

}  // namespace
}  // namespace selene::models
