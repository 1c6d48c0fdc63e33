#pragma once

#include <cstdint>

#include "models/kernels/kernel_table.h"
#include "models/kernels/rows_body.h"

namespace selene::models {

/// How one step of a tile multiplies: a group of consecutive k of one row by the same group of two vectors of columns.
/// V: a vector type with internal linkage, which keeps every instantiation inside its CPU file.
template <class V>
struct DotF32 {
  using Acc = typename V::F;
  using Weights = typename V::F;
  using Value = typename V::F;
  static constexpr int32_t kGroup = 1;
  static constexpr int32_t kActBytes = 4;
  static constexpr int32_t kWeightBytes = 4;
  static constexpr bool kQuantized = false;
  static Weights weights(const char* p) { return V::load(reinterpret_cast<const float*>(p)); }
  static Value value(const char* p) { return V::set1(*reinterpret_cast<const float*>(p)); }
  static Acc dot(Acc acc, Value a, Weights w) { return V::fma(a, w, acc); }
};

/// bf16 pairs by float32 arithmetic, for processors that cannot multiply them.
template <class V>
struct DotBf16 {
  using Acc = typename V::F;
  struct Pair {
    typename V::F low, high;
  };
  using Weights = Pair;
  using Value = Pair;
  static constexpr int32_t kGroup = 2;
  static constexpr int32_t kActBytes = 2;
  static constexpr int32_t kWeightBytes = 2;
  static constexpr bool kQuantized = false;
  static Pair split(typename V::I bits) { return {V::bf16_low(bits), V::bf16_high(bits)}; }
  static Weights weights(const char* p) { return split(V::load_i(p)); }
  static Value value(const char* p) { return split(V::broadcast_i(p)); }
  static Acc dot(Acc acc, Value a, Weights w) { return V::fma(a.high, w.high, V::fma(a.low, w.low, acc)); }
};

template <class V>
struct DotI8 {
  using Acc = typename V::I;
  using Weights = typename V::I;
  using Value = typename V::I;
  static constexpr int32_t kGroup = V::kI8Group;
  static constexpr int32_t kActBytes = V::kI8ActBytes;
  static constexpr int32_t kWeightBytes = 1;
  static constexpr bool kQuantized = true;
  static Weights weights(const char* p) { return V::i8_weights(reinterpret_cast<const int8_t*>(p)); }
  static Value value(const char* p) { return V::i8_activations(p); }
  static Acc dot(Acc acc, Value a, Weights w) { return V::i8_dot(acc, a, w); }
};

/// So far ahead of their use weights are asked for: a panel of many groups does not fit the first-level cache beside the rows, and
/// the processor's own prefetching stops at each page.
inline constexpr int64_t kPrefetchBytes = 1024;

/// acc[r][j] += rows a + r * lda times the panel `w`, over `groups` groups of k. The order of additions of a row is that of k,
/// whatever MR is.
template <class V, class D, int MR>
[[gnu::always_inline]] inline void multiply_tile(const char* a, int64_t lda, const char* w, int64_t groups,
                                                 typename D::Acc (&acc)[MR][2]) {
  constexpr int64_t kAStep = int64_t{D::kGroup} * D::kActBytes;
  constexpr int64_t kWStep = int64_t{V::kWidth} * D::kGroup * D::kWeightBytes;
  const char* base[4] = {a, a + 3 * lda, a + 6 * lda, a + 9 * lda};  // rows by base + {0, 1, 2} * lda: few registers
#pragma GCC unroll 4
  for (int64_t g = 0; g < groups; ++g) {
    const auto w0 = D::weights(w);
    const auto w1 = D::weights(w + kWStep);
    __builtin_prefetch(w + kPrefetchBytes);
    if constexpr (2 * kWStep > 64) __builtin_prefetch(w + kPrefetchBytes + 64);
    w += 2 * kWStep;
#pragma GCC unroll 12
    for (int r = 0; r < MR; ++r) {
      const auto x = D::value(base[r / 3] + (r % 3) * lda);
      acc[r][0] = D::dot(acc[r][0], x, w0);
      acc[r][1] = D::dot(acc[r][1], x, w1);
    }
#pragma GCC unroll 4
    for (int b = 0; b < (MR + 2) / 3; ++b) base[b] += kAStep;
  }
}

/// op(r, j, y) for each vector y of a tile's results, scale and bias applied. Unrolled, so that y stays in its register.
template <class V, class D, int MR, class Op>
[[gnu::always_inline]] inline void for_each_result(const Gemm& gemm, int32_t row, int32_t column, typename D::Acc (&acc)[MR][2],
                                                   Op op) {
  using F = typename V::F;
#pragma GCC unroll 2
  for (int j = 0; j < 2; ++j) {
    const int32_t c = column + j * V::kWidth;
    const F bias = gemm.bias != nullptr ? V::load(gemm.bias + c) : V::zero();
    F scale = V::zero();
    if constexpr (D::kQuantized) scale = V::load(gemm.w_scales + c);
#pragma GCC unroll 12
    for (int r = 0; r < MR; ++r) {
      if constexpr (D::kQuantized) {
        op(r, j, V::fma(V::mul(V::from_int(acc[r][j]), V::set1(gemm.a_scales[row + r])), scale, bias));
      } else {
        op(r, j, V::add(acc[r][j], bias));
      }
    }
  }
}

template <class V, class D, int MR>
[[gnu::always_inline]] inline void store_tile(const Gemm& gemm, int32_t row, int32_t column, typename D::Acc (&acc)[MR][2]) {
  using F = typename V::F;
  const int64_t at = row * gemm.ldc + column;
  if (gemm.c_type == NumberType::kBf16 && gemm.residual == nullptr) {
    uint16_t* c = static_cast<uint16_t*>(gemm.c) + at;
    return for_each_result<V, D, MR>(gemm, row, column, acc,
                                     [&](int r, int j, F y) { V::store_bf16(c + r * gemm.ldc + j * V::kWidth, y); });
  }
  float* c = static_cast<float*>(gemm.c) + at;
  if (gemm.residual != nullptr) {
    const float* residual = gemm.residual + row * gemm.ldr + column;
    return for_each_result<V, D, MR>(gemm, row, column, acc, [&](int r, int j, F y) {
      V::store(c + r * gemm.ldc + j * V::kWidth, V::add(y, V::load(residual + r * gemm.ldr + j * V::kWidth)));
    });
  }
  if (gemm.activation == Activation::kGeluCoarse) {
    return for_each_result<V, D, MR>(
        gemm, row, column, acc, [&](int r, int j, F y) { V::store(c + r * gemm.ldc + j * V::kWidth, gelu_coarse_vector<V>(y)); });
  }
  for_each_result<V, D, MR>(gemm, row, column, acc, [&](int r, int j, F y) { V::store(c + r * gemm.ldc + j * V::kWidth, y); });
}

/// Rows [row, row + MR) x columns [column, column + panel) of a Gemm.
template <class V, class D, int MR>
void gemm_tile(const Gemm& gemm, int32_t row, int32_t column) {
  const int64_t groups = (gemm.k + D::kGroup - 1) / D::kGroup;
  const int64_t panel_bytes = groups * D::kGroup * D::kWeightBytes * 2 * V::kWidth;
  const char* w = static_cast<const char*>(gemm.w) + (column / (2 * V::kWidth)) * panel_bytes;
  const char* a = static_cast<const char*>(gemm.a) + row * gemm.lda;
  typename D::Acc acc[MR][2];
#pragma GCC unroll 12
  for (int r = 0; r < MR; ++r) {
#pragma GCC unroll 2
    for (int j = 0; j < 2; ++j) {
      if constexpr (D::kQuantized) {
        acc[r][j] = V::i8_start(gemm.w_offsets + column + j * V::kWidth);
      } else {
        acc[r][j] = V::zero();
      }
    }
  }
  if constexpr (requires { D::template multiply<MR>(a, gemm.lda, w, groups, acc); }) {
    D::template multiply<MR>(a, gemm.lda, w, groups, acc);
  } else {
    multiply_tile<V, D, MR>(a, gemm.lda, w, groups, acc);
  }
  store_tile<V, D, MR>(gemm, row, column, acc);
  const bool fused =
      gemm.activation == Activation::kNone || (gemm.activation == Activation::kGeluCoarse && gemm.residual == nullptr);
  if (fused) return;
  for (int r = 0; r < MR; ++r) {  // the tile is still in the first-level cache
    activate_vectors<V>(static_cast<float*>(gemm.c) + (row + r) * gemm.ldc + column, 2, gemm.activation);
  }
}

template <class V, class D, int MR>
void gemm_tail(const Gemm& gemm, int32_t row, int32_t column) {
  if constexpr (MR > 0) {
    if (gemm.rows - row == MR) return gemm_tile<V, D, MR>(gemm, row, column);
    gemm_tail<V, D, MR - 1>(gemm, row, column);
  }
}

/// A panel of weights stays in the first-level cache while all rows pass by.
template <class V, class D>
void gemm(const Gemm& gemm) noexcept {
  for (int32_t column = 0; column < gemm.n; column += 2 * V::kWidth) {
    int32_t row = 0;
    for (; row + V::kMaxRows <= gemm.rows; row += V::kMaxRows) gemm_tile<V, D, V::kMaxRows>(gemm, row, column);
    gemm_tail<V, D, V::kMaxRows - 1>(gemm, row, column);
  }
}

}  // namespace selene::models
