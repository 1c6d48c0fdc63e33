#pragma once

#include <cstdint>

#include "models/kernels/attention_body.h"

namespace selene::models {

/// Attention whose scores never leave the registers: a tile's products become probabilities at once, because what is taken off
/// before the exponential is known before the first product: |q_i| max_j |k_j| >= the row's largest score (Cauchy-Schwarz). Where
/// that is so large that a probability could leave bf16's range, attention_tile serves the tile.

/// Largest scaled bound, in powers of two: scores lie within +-bound, so exponents within -2 bound, above exp2_vector's -126.
inline constexpr float kLargestBound = 60.0F;

/// -inf, 0, -inf, each as long as a panel: read at an offset, it is added to the scores at an edge of what a query sees.
template <class V>
struct EdgeMask {
  static constexpr int64_t kPanel = 2 * V::kWidth;
  float values[3 * kPanel];
  EdgeMask() {
    for (int64_t i = 0; i < 3 * kPanel; ++i) values[i] = i < kPanel || i >= 2 * kPanel ? -__builtin_inff() : 0.0F;
  }
  static int64_t clamp(int64_t x, int64_t low, int64_t high) { return x < low ? low : (x > high ? high : x); }
  /// For keys [column, column + width) of a query that sees keys [first, end).
  typename V::F at(int64_t column, int64_t first, int64_t end) const {
    const float* below = values + clamp(kPanel + column - first, 0, kPanel);
    const float* above = values + clamp(2 * kPanel + column - end, kPanel, 2 * kPanel);
    return V::add(V::load(below), V::load(above));
  }
};

/// The sum of squares of `words` words of four bytes: one float32 or a bf16 pair each.
template <class V, class D>
float square_norm(const char* x, int64_t words) {
  typename D::Acc sum = V::zero();
  int64_t i = 0;
  for (; i + V::kWidth <= words; i += V::kWidth) {
    const auto part = D::weights(x + i * 4);
    sum = D::dot(sum, part, part);
  }
  if (i < words) {
    alignas(64) char tail[V::kWidth * 4] = {};
    __builtin_memcpy(tail, x + i * 4, static_cast<size_t>(words - i) * 4);
    const auto part = D::weights(tail);
    sum = D::dot(sum, part, part);
  }
  return V::reduce_add(sum);
}

/// max_j |k_j|^2 of packed keys.
template <class V, class D>
float largest_square_norm(const AttentionScratch<V, D>& layout, const char* keys) {
  const int64_t groups = layout.dims_grouped / D::kGroup;
  typename V::F largest = V::zero();
  for (int64_t j = 0; j < layout.keys_padded; j += 2 * V::kWidth) {
    typename D::Acc low = V::zero();
    typename D::Acc high = V::zero();
    for (int64_t g = 0; g < groups; ++g, keys += 2 * V::kWidth * 4) {
      const auto w0 = D::weights(keys);
      const auto w1 = D::weights(keys + V::kWidth * 4);
      low = D::dot(low, w0, w0);
      high = D::dot(high, w1, w1);
    }
    largest = V::max(largest, V::max(low, high));
  }
  return V::reduce_max(largest);
}

/// What the queries of a tile see of the keys [first, end) of its row of panels, and how scores become exponents.
template <class V, int MR>
struct TileView {
  float slope;
  float tops[MR];     ///< slope times the bound of each row
  int64_t first[MR];  ///< a row sees keys [first, end)
  int64_t end[MR];
  alignas(64) float sums[MR][V::kWidth];  ///< of probabilities, by lane
};

/// Probabilities of one tile of MR queries and the panel of keys at `column` in bf16, [MR, panel] at p.
template <class V, class D, int MR>
[[gnu::noinline]] void probability_tile(const char* a, int64_t lda, const char* w, int64_t groups, const EdgeMask<V>* edges,
                                        int64_t column, TileView<V, MR>& view, uint16_t* p, int64_t p_stride) {
  using F = typename V::F;
  F acc[MR][2];
#pragma GCC unroll 12
  for (int r = 0; r < MR; ++r) acc[r][0] = acc[r][1] = V::zero();
  multiply_tile<V, D, MR>(a, lda, w, groups, acc);
  const F slope = V::set1(view.slope);
  constexpr uint32_t kOnes = 0x3F803F80U;  // a bf16 pair
  auto ones = V::broadcast_i(&kOnes);
  V::keep(ones);  // GCC 12 on AArch64 makes fp16 of a bf16 constant
  if (edges != nullptr) {
#pragma GCC unroll 12
    for (int r = 0; r < MR; ++r) {
      acc[r][0] = V::add(acc[r][0], edges->at(column, view.first[r], view.end[r]));
      acc[r][1] = V::add(acc[r][1], edges->at(column + V::kWidth, view.first[r], view.end[r]));
    }
  }
#pragma GCC unroll 12
  for (int r = 0; r < MR; ++r) {
    const F top = V::set1(view.tops[r]);
    const F low = exp2_vector<V, true>(V::fms(acc[r][0], slope, top));
    const F high = exp2_vector<V, true>(V::fms(acc[r][1], slope, top));
    const auto rounded = V::pack_bf16(low, high);
    V::store_i(p + r * p_stride, rounded);
    // What is divided by is the sum of what is multiplied: a row that sees one key alone gets its value, rounding or not.
    V::store(view.sums[r], D::dot(V::load(view.sums[r]), ones, rounded));
  }
}

/// Queries [query, query + MR); false, with nothing written, if their scores may be too large. D: bf16.
template <class V, class D, int MR>
bool fused_tile(const AttentionHead& head, const AttentionScratch<V, D>& layout, const EdgeMask<V>& edges, float key_norm,
                int64_t query, char* scratch) {
  constexpr int64_t kPanel = 2 * V::kWidth;
  const char* queries = static_cast<const char*>(head.q) + query * head.q_stride * D::kActBytes;
  const int64_t lda = head.q_stride * D::kActBytes;
  const int64_t groups = layout.dims_grouped / D::kGroup;
  TileView<V, MR> view;
  view.slope = head.scale * 1.44269504088896341F;
  for (int r = 0; r < MR; ++r) {
    view.tops[r] = view.slope * __builtin_sqrtf(square_norm<V, D>(queries + r * lda, groups) * key_norm);
    if (!(view.tops[r] <= kLargestBound)) return false;
    const int64_t i = query + r;
    view.first[r] = head.window >= 0 && i > head.window ? i - head.window : 0;
    view.end[r] = head.window >= 0 && i + head.window + 1 < head.num_keys ? i + head.window + 1 : head.num_keys;
    V::store(view.sums[r], V::zero());
  }
  const int64_t first = view.first[0] / kPanel * kPanel;
  const int64_t end = layout.up(view.end[MR - 1], kPanel);
  auto* weights = reinterpret_cast<uint16_t*>(scratch + layout.k_bytes + layout.v_bytes + layout.s_bytes);
  for (int64_t j = first; j < end; j += kPanel) {
    const bool whole = j >= view.first[MR - 1] && j + kPanel <= view.end[0];
    probability_tile<V, D, MR>(queries, lda, scratch + j * layout.dims_grouped * D::kWeightBytes, groups, whole ? nullptr : &edges,
                               j, view, weights + j - first, layout.keys_padded);
  }
  float inverse[MR];
  for (int r = 0; r < MR; ++r) inverse[r] = 1.0F / V::reduce_add(V::load(view.sums[r]));
  multiply_values<V, D, MR>(head, layout, query, first, end, scratch, inverse);
  return true;
}

template <class V, class D, int MR>
void fused_or_exact_tile(const AttentionHead& head, const AttentionScratch<V, D>& layout, const EdgeMask<V>& edges, float key_norm,
                         int64_t query, char* scratch) {
  if (fused_tile<V, D, MR>(head, layout, edges, key_norm, query, scratch)) return;
  attention_tile<V, D, MR>(head, layout, query, scratch, NoTerms<V>());
}

template <class V, class D, int MR>
void fused_tail(const AttentionHead& head, const AttentionScratch<V, D>& layout, const EdgeMask<V>& edges, float key_norm,
                int64_t query, char* scratch) {
  if constexpr (MR > 0) {
    if (head.num_queries - query == MR) {
      return fused_or_exact_tile<V, D, MR>(head, layout, edges, key_norm, query, scratch);
    }
    fused_tail<V, D, MR - 1>(head, layout, edges, key_norm, query, scratch);
  }
}

/// What cannot be fused (bias) or bounded goes the way of `attention`.
template <class V, class D>
void fused_attention(const AttentionHead& head) noexcept {
  if (head.bias != nullptr) return attention<V, D>(head);
  static const EdgeMask<V> edges;
  const AttentionScratch<V, D> layout(head.num_keys, head.head_dim);
  char* scratch = static_cast<char*>(head.scratch);
  pack_head<V, D>(head, layout, scratch);
  const float key_norm = largest_square_norm<V, D>(layout, scratch);
  int64_t query = 0;
  for (; query + V::kMaxRows <= head.num_queries; query += V::kMaxRows) {
    fused_or_exact_tile<V, D, V::kMaxRows>(head, layout, edges, key_norm, query, scratch);
  }
  fused_tail<V, D, V::kMaxRows - 1>(head, layout, edges, key_norm, query, scratch);
}

}  // namespace selene::models
