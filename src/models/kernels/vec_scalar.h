#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

namespace selene::models {
namespace {

/// Vectors of 4 floats in the compiler's portable vector type: SSE2 on x86-64, NEON on AArch64, plain code elsewhere.
struct VecScalar {
  static constexpr int32_t kWidth = 4;
  static constexpr int32_t kMaxRows = 4;
  using F __attribute__((vector_size(16))) = float;
  using I __attribute__((vector_size(16))) = int32_t;

  static F zero() { return F{}; }
  static F set1(float x) { return F{x, x, x, x}; }
  static F load(const float* p) { return load_n(p, kWidth); }
  static F load_n(const float* p, int32_t n) {
    F x{};
    std::memcpy(&x, p, static_cast<size_t>(n) * sizeof(float));
    return x;
  }
  static void store(float* p, F x) { store_n(p, x, kWidth); }
  static void store_n(float* p, F x, int32_t n) { std::memcpy(p, &x, static_cast<size_t>(n) * sizeof(float)); }
  static F add(F a, F b) { return a + b; }
  static F sub(F a, F b) { return a - b; }
  static F mul(F a, F b) { return a * b; }
  static F div(F a, F b) { return a / b; }
  static F fma(F a, F b, F c) { return a * b + c; }
  static F fnma(F a, F b, F c) { return c - a * b; }
  static F fms(F a, F b, F c) { return a * b - c; }
  /// b where a is NaN.
  static F max(F a, F b) { return a > b ? a : b; }
  static F min(F a, F b) { return a < b ? a : b; }
  static F abs(F a) { return as_float(as_int(a) & 0x7FFFFFFF); }
  static F copysign(F magnitude, F sign) {
    constexpr int32_t kSign = static_cast<int32_t>(0x80000000U);
    return as_float((as_int(magnitude) & 0x7FFFFFFF) | (as_int(sign) & kSign));
  }
  static F round(F a) { return F{std::nearbyintf(a[0]), std::nearbyintf(a[1]), std::nearbyintf(a[2]), std::nearbyintf(a[3])}; }
  /// a * 2^n, n integral in [-127, 127].
  static F scale2(F a, F n) { return a * as_float((__builtin_convertvector(n, I) + 127) << 23); }
  static float reduce_add(F a) { return (a[0] + a[2]) + (a[1] + a[3]); }
  static float reduce_max(F a) {
    const float low = a[0] > a[2] ? a[0] : a[2];
    const float high = a[1] > a[3] ? a[1] : a[3];
    return low > high ? low : high;
  }
  static F from_int(I a) { return __builtin_convertvector(a, F); }
  static I to_int(F a) { return __builtin_convertvector(round(a), I); }
  static F load_f16(const uint16_t* p) { return F{f16(p[0]), f16(p[1]), f16(p[2]), f16(p[3])}; }
  static F load_bf16(const uint16_t* p) { return as_float(I{p[0], p[1], p[2], p[3]} << 16); }
  static void store_bf16(uint16_t* p, F x) {
    for (int32_t i = 0; i < kWidth; ++i) {
      const float lane = x[i];
      uint32_t bits;
      std::memcpy(&bits, &lane, sizeof bits);
      const bool nan = lane != lane;
      p[i] = static_cast<uint16_t>((nan ? bits | 0x400000U : bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16);
    }
  }
  /// Bits of the floats of a bf16 pair in each 32-bit lane.
  static F bf16_low(I a) { return as_float(a << 16); }
  static F bf16_high(I a) { return as_float(a & static_cast<int32_t>(0xFFFF0000U)); }
  /// Opaque to the compiler: computed here and nowhere else.
  static void keep(F& x) { asm volatile("" : "+m"(x)); }
  static void keep(I& x) { asm volatile("" : "+m"(x)); }
  static I load_i(const void* p) {
    I x;
    std::memcpy(&x, p, sizeof x);
    return x;
  }
  static I broadcast_i(const void* p) {
    int32_t x;
    std::memcpy(&x, p, sizeof x);
    return I{x, x, x, x};
  }

  /// to[j * to_stride + i] = word j of row i, for 4 rows of 4 words of 32 bits; row i begins at from + i * from_stride bytes.
  static void transpose_words(const char* from, int64_t from_stride, uint32_t* to, int64_t to_stride) {
    for (int i = 0; i < kWidth; ++i) {
      for (int j = 0; j < kWidth; ++j) std::memcpy(to + j * to_stride + i, from + i * from_stride + j * 4, 4);
    }
  }

  // int8: one k at a time, activations int16.
  static constexpr int32_t kI8Group = 1;
  static constexpr int32_t kI8ActBytes = 2;
  static constexpr int32_t kI8Zero = 0;
  static I i8_start(const int32_t*) { return I{}; }
  static I i8_weights(const int8_t* p) { return I{p[0], p[1], p[2], p[3]}; }
  static I i8_activations(const void* p) {
    int16_t x;
    std::memcpy(&x, p, sizeof x);
    return I{x, x, x, x};
  }
  static I i8_dot(I acc, I a, I w) { return acc + a * w; }
  static void i8_store(void* q, int64_t c, F x) {
    const I v = to_int(x);
    for (int32_t i = 0; i < kWidth; ++i) static_cast<int16_t*>(q)[c + i] = static_cast<int16_t>(v[i]);
  }

 private:
  static I as_int(F x) {
    I bits;
    std::memcpy(&bits, &x, sizeof bits);
    return bits;
  }
  static F as_float(I bits) {
    F x;
    std::memcpy(&x, &bits, sizeof x);
    return x;
  }
  /// IEEE 754 binary16 to binary32, exact.
  static float f16(uint16_t h) {
    const uint32_t sign = static_cast<uint32_t>(h & 0x8000U) << 16;
    const uint32_t exponent = (h >> 10) & 0x1FU;
    const uint32_t fraction = h & 0x3FFU;
    if (exponent == 0) return std::copysign(static_cast<float>(fraction) * 0x1p-24F, sign != 0 ? -1.0F : 1.0F);
    const uint32_t bits = sign | (exponent == 31 ? 0x7F800000U : (exponent + 112U) << 23) | (fraction << 13);
    float x;
    std::memcpy(&x, &bits, sizeof x);
    return x;
  }
};

}  // namespace
}  // namespace selene::models
