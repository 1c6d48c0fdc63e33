#pragma once

#include <cstdint>

#include "models/kernels/kernel_table.h"
#include "models/kernels/math_body.h"

namespace selene::models {

template <class V, class Op>
void map_vectors(float* x, int64_t vectors, Op op) {
  for (int64_t i = 0; i < vectors; ++i) V::store(x + i * V::kWidth, op(V::load(x + i * V::kWidth)));
}

template <class V>
void activate_vectors(float* x, int64_t vectors, Activation activation) {
  using F = typename V::F;
  switch (activation) {
    case Activation::kNone: return;
    case Activation::kGelu: return map_vectors<V>(x, vectors, [](F v) { return gelu_vector<V>(v); });
    case Activation::kGeluCoarse: return map_vectors<V>(x, vectors, [](F v) { return gelu_coarse_vector<V>(v); });
    case Activation::kGeluNew: return map_vectors<V>(x, vectors, [](F v) { return gelu_new_vector<V>(v); });
    case Activation::kRelu: return map_vectors<V>(x, vectors, [](F v) { return V::max(V::zero(), v); });
    case Activation::kTanh: return map_vectors<V>(x, vectors, [](F v) { return tanh_vector<V>(v); });
    case Activation::kSilu: return map_vectors<V>(x, vectors, [](F v) { return silu_vector<V>(v); });
  }
}

template <class V>
void activate(float* x, int64_t count, Activation activation) noexcept {
  const int64_t vectors = count / V::kWidth;
  activate_vectors<V>(x, vectors, activation);
  const int32_t rest = static_cast<int32_t>(count - vectors * V::kWidth);
  if (rest == 0) return;
  float tail[V::kWidth];
  V::store(tail, V::load_n(x + vectors * V::kWidth, rest));
  activate_vectors<V>(tail, 1, activation);
  V::store_n(x + vectors * V::kWidth, V::load(tail), rest);
}

/// The vector at column c of a row of `cols` columns, zero behind its end.
template <class V>
typename V::F load_column(const float* x, int32_t c, int32_t cols) {
  return c + V::kWidth <= cols ? V::load(x + c) : V::load_n(x + c, cols - c);
}

template <class V>
void quantize_rows(const float* x, int64_t ldx, int32_t rows, int32_t cols, void* q, int64_t ldq, float* scales) noexcept {
  using F = typename V::F;
  for (int32_t r = 0; r < rows; ++r) {
    const float* row = x + r * ldx;
    F largest = V::zero();
    F second = V::zero();
    const int32_t full = cols - cols % (2 * V::kWidth);
    for (int32_t c = 0; c < full; c += 2 * V::kWidth) {
      largest = V::max(largest, V::abs(V::load(row + c)));
      second = V::max(second, V::abs(V::load(row + c + V::kWidth)));
    }
    for (int32_t c = full; c < cols; c += V::kWidth) largest = V::max(largest, V::abs(load_column<V>(row, c, cols)));
    const float limit = V::reduce_max(V::max(largest, second));
    const F inverse = V::set1(limit > 0.0F ? 127.0F / limit : 0.0F);
    scales[r] = limit / 127.0F;
    char* out = static_cast<char*>(q) + r * ldq;
    int32_t c = 0;
    if constexpr (requires(F v) { V::i8_store4(out, c, v, v, v, v); }) {
      for (; c + 4 * V::kWidth <= cols; c += 4 * V::kWidth) {
        const auto scaled = [&](int32_t i) { return V::mul(V::load(row + c + i * V::kWidth), inverse); };
        V::i8_store4(out, c, scaled(0), scaled(1), scaled(2), scaled(3));
      }
    }
    for (; c < full; c += V::kWidth) V::i8_store(out, c, V::mul(V::load(row + c), inverse));
    for (; c < cols; c += V::kWidth) V::i8_store(out, c, V::mul(load_column<V>(row, c, cols), inverse));
    for (; c % V::kI8Group != 0; c += V::kWidth) V::i8_store(out, c, V::zero());
  }
}

template <class V>
void to_bf16_rows(const float* x, int64_t ldx, int32_t rows, int32_t cols, uint16_t* y, int64_t ldy) noexcept {
  for (int32_t r = 0; r < rows; ++r) {
    for (int32_t c = 0; c < cols; c += V::kWidth) V::store_bf16(y + r * ldy + c, load_column<V>(x + r * ldx, c, cols));
  }
}

/// Sum over c of term(vector at column c), in four chains so that additions need not wait for each other. Lanes behind `cols`:
/// zero.
template <class V, class Term>
float sum_columns(const float* x, int32_t cols, Term term) {
  using F = typename V::F;
  F sums[4] = {V::zero(), V::zero(), V::zero(), V::zero()};
  int32_t c = 0;
  for (; c + 4 * V::kWidth <= cols; c += 4 * V::kWidth) {
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) sums[i] = V::add(sums[i], term(V::load(x + c + i * V::kWidth)));
  }
  for (; c + V::kWidth <= cols; c += V::kWidth) sums[0] = V::add(sums[0], term(V::load(x + c)));
  float rest[V::kWidth] = {};
  if (c < cols) {
    V::store(rest, term(V::load_n(x + c, cols - c)));
    for (int32_t i = cols - c; i < V::kWidth; ++i) rest[i] = 0.0F;
  }
  return V::reduce_add(V::add(V::add(V::add(sums[0], sums[1]), V::add(sums[2], sums[3])), V::load(rest)));
}

template <class V>
void layer_norm_row(const float* x, const float* gamma, const float* beta, float* y, int32_t cols, float eps) {
  using F = typename V::F;
  const float mean = sum_columns<V>(x, cols, [](F v) { return v; }) / static_cast<float>(cols);
  const F mean_vector = V::set1(mean);
  const float squares = sum_columns<V>(x, cols, [mean_vector](F v) {
    const F d = V::sub(v, mean_vector);
    return V::mul(d, d);
  });
  const F inverse = V::set1(1.0F / __builtin_sqrtf(squares / static_cast<float>(cols) + eps));
  const int32_t full = cols - cols % V::kWidth;
  for (int32_t c = 0; c < full; c += V::kWidth) {
    const F d = V::mul(V::sub(V::load(x + c), mean_vector), inverse);
    V::store(y + c, V::fma(d, V::load(gamma + c), beta != nullptr ? V::load(beta + c) : V::zero()));
  }
  if (full == cols) return;
  const int32_t n = cols - full;
  const F d = V::mul(V::sub(V::load_n(x + full, n), mean_vector), inverse);
  V::store_n(y + full, V::fma(d, V::load_n(gamma + full, n), beta != nullptr ? V::load_n(beta + full, n) : V::zero()), n);
}

template <class V>
void layer_norm(const float* x, int64_t ldx, const float* gamma, const float* beta, float* y, int64_t ldy, int32_t rows,
                int32_t cols, float eps) noexcept {
  for (int32_t r = 0; r < rows; ++r) layer_norm_row<V>(x + r * ldx, gamma, beta, y + r * ldy, cols, eps);
}

template <class V>
void gated_activation(const float* x, int64_t ldx, int32_t rows, int32_t cols, Activation activation, float* y,
                      int64_t ldy) noexcept {
  for (int32_t r = 0; r < rows; ++r) {
    const float* row = x + r * ldx;
    float* out = y + r * ldy;
    for (int32_t c = 0; c < cols; c += V::kWidth) V::store(out + c, load_column<V>(row, c, cols));
    activate_vectors<V>(out, (cols + V::kWidth - 1) / V::kWidth, activation);
    for (int32_t c = 0; c < cols; c += V::kWidth) V::store(out + c, V::mul(V::load(out + c), load_column<V>(row + cols, c, cols)));
  }
}

template <class V>
void rotate_heads(float* x, int32_t heads, int32_t half, const float* cosine, const float* sine) noexcept {
  for (int32_t h = 0; h < heads; ++h) {
    float* a = x + int64_t{h} * 2 * half;
    float* b = a + half;
    for (int32_t c = 0; c < half; c += V::kWidth) {
      const int32_t n = half - c < V::kWidth ? half - c : V::kWidth;
      const typename V::F va = V::load_n(a + c, n);
      const typename V::F vb = V::load_n(b + c, n);
      const typename V::F vc = V::load_n(cosine + c, n);
      const typename V::F vs = V::load_n(sine + c, n);
      V::store_n(a + c, V::fnma(vb, vs, V::mul(va, vc)), n);
      V::store_n(b + c, V::fma(va, vs, V::mul(vb, vc)), n);
    }
  }
}

/// `count` elements of x, at most a vector, as float32; zero behind them.
template <class V>
typename V::F load_converted(const void* x, NumberType type, int64_t at, int32_t count) {
  if (type == NumberType::kF32) return V::load_n(static_cast<const float*>(x) + at, count);
  const uint16_t* from = static_cast<const uint16_t*>(x) + at;
  uint16_t tail[V::kWidth] = {};
  if (count < V::kWidth) {
    for (int32_t i = 0; i < count; ++i) tail[i] = from[i];
    from = tail;
  }
  return type == NumberType::kF16 ? V::load_f16(from) : V::load_bf16(from);
}

/// op(c, x[c, c + n) as float32, n) for each vector of a row; n is the constant width for all but the last.
template <class V, class Op>
[[gnu::always_inline]] inline void for_each_converted(const void* x, NumberType type, int32_t cols, Op op) {
  int32_t c = 0;
  if (type == NumberType::kF32) {
    for (; c + V::kWidth <= cols; c += V::kWidth) op(c, V::load(static_cast<const float*>(x) + c), V::kWidth);
  }
  for (; c < cols; c += V::kWidth) {
    const int32_t n = cols - c < V::kWidth ? cols - c : V::kWidth;
    op(c, load_converted<V>(x, type, c, n), n);
  }
}

template <class V>
void convert_row(const void* x, NumberType type, float* y, int32_t cols) noexcept {
  for_each_converted<V>(x, type, cols, [y](int32_t c, typename V::F value, int32_t n) {
    n == V::kWidth ? V::store(y + c, value) : V::store_n(y + c, value, n);
  });
}

template <class V>
void add_row(const void* x, NumberType type, float* y, int32_t cols) noexcept {
  for_each_converted<V>(x, type, cols, [y](int32_t c, typename V::F value, int32_t n) {
    n == V::kWidth ? V::store(y + c, V::add(V::load(y + c), value)) : V::store_n(y + c, V::add(V::load_n(y + c, n), value), n);
  });
}

}  // namespace selene::models
