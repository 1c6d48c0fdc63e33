#pragma once

#include <cstdint>

#include "models/kernels/gemm_body.h"

namespace selene::models {

/// Where the parts of a head lie in its scratch memory. D: the dot that multiplies (float32 or bf16 pairs).
template <class V, class D>
struct AttentionScratch {
  static constexpr int64_t kPanel = 2 * V::kWidth;
  static constexpr int64_t align(int64_t bytes) { return (bytes + 63) / 64 * 64; }
  static constexpr int64_t up(int64_t count, int64_t to) { return (count + to - 1) / to * to; }

  int64_t keys_padded, keys_grouped, dims_padded, dims_grouped;
  int64_t k_bytes, v_bytes, s_bytes, p_bytes;

  AttentionScratch(int64_t num_keys, int64_t head_dim)
      : keys_padded(up(num_keys, kPanel)),
        keys_grouped(up(num_keys, D::kGroup)),
        dims_padded(up(head_dim, kPanel)),
        dims_grouped(up(head_dim, D::kGroup)),
        k_bytes(align(keys_padded * dims_grouped * D::kWeightBytes)),
        v_bytes(align(keys_grouped * dims_padded * D::kWeightBytes)),
        s_bytes(align(V::kMaxRows * keys_padded * 4)),
        p_bytes(align(V::kMaxRows * keys_padded * D::kActBytes)) {}
  int64_t total() const { return k_bytes + v_bytes + s_bytes + p_bytes; }
};

/// K to panels [key / panel][d / group][panel][group]. The elements of a group move as one word.
template <class V, class D>
void pack_keys(const AttentionHead& head, const AttentionScratch<V, D>& layout, uint32_t* out) {
  constexpr int64_t kPanel = 2 * V::kWidth;
  const int64_t words = layout.dims_grouped / D::kGroup;
  const int64_t stride = head.kv_stride * D::kActBytes;
  const char* keys = static_cast<const char*>(head.k);
  const int64_t square_words = words / V::kWidth * V::kWidth;
  for (int64_t j0 = 0; j0 < layout.keys_padded; j0 += V::kWidth) {
    uint32_t* to = out + j0 / kPanel * words * kPanel + j0 % kPanel;
    const int64_t present = head.num_keys - j0 < V::kWidth ? head.num_keys - j0 : V::kWidth;
    int64_t d = 0;
    if (present == V::kWidth) {
      for (; d < square_words; d += V::kWidth) V::transpose_words(keys + j0 * stride + d * 4, stride, to + d * kPanel, kPanel);
    }
    for (; d < words; ++d) {
      for (int64_t j = 0; j < V::kWidth; ++j) to[d * kPanel + j] = 0;
      for (int64_t j = 0; j < present; ++j) __builtin_memcpy(to + d * kPanel + j, keys + (j0 + j) * stride + d * 4, 4);
    }
  }
}

/// V to panels [d / panel][key / group][panel][group], zero where there is no key or dimension.
template <class V, class D, class Element>
void pack_values(const AttentionHead& head, const AttentionScratch<V, D>& layout, Element* out) {
  constexpr int64_t kPanel = 2 * V::kWidth;
  const Element* values = static_cast<const Element*>(head.v);
  for (int64_t d0 = 0; d0 < layout.dims_padded; d0 += kPanel) {
    const int64_t dims = head.head_dim - d0 < kPanel ? head.head_dim - d0 : kPanel;
    int64_t j = 0;
    if constexpr (D::kGroup == 2) {
      for (; dims == kPanel && j + 2 <= head.num_keys; j += 2) {
        const Element* from = values + j * head.kv_stride + d0;
        D::interleave(from, from + head.kv_stride, out + (d0 * layout.keys_grouped + j * kPanel));
      }
    }
    for (; j < layout.keys_grouped; ++j) {
      Element* to = out + d0 * layout.keys_grouped + j / D::kGroup * kPanel * D::kGroup + j % D::kGroup;
      const Element* from = values + j * head.kv_stride + d0;
      const int64_t present = j < head.num_keys ? dims : 0;
      for (int64_t d = 0; d < present; ++d) to[d * D::kGroup] = from[d];
      for (int64_t d = present; d < kPanel; ++d) to[d * D::kGroup] = 0;
    }
  }
}

/// Turns a row of scores into unnormalised probabilities 2^((s - max) * slope) in p; returns their sum.
/// Lanes behind num_keys give next to nothing.
template <class V, class D>
float exponentiate_row(float* s, int64_t num_keys, int64_t keys_padded, float slope, char* p) {
  using F = typename V::F;
  for (int64_t j = num_keys; j < keys_padded; ++j) s[j] = -__builtin_inff();
  F largest = V::load(s);
  for (int64_t j = V::kWidth; j < keys_padded; j += V::kWidth) largest = V::max(largest, V::load(s + j));
  const F factor = V::set1(slope);
  const F top = V::set1(V::reduce_max(largest) * slope);
  F sum = V::zero();
  for (int64_t j = 0; j < keys_padded; j += V::kWidth) {
    const F e = exp2_vector<V, D::kActBytes == 2>(V::fms(V::load(s + j), factor, top));
    sum = V::add(sum, e);
    if constexpr (D::kActBytes == 2) {
      V::store_bf16(reinterpret_cast<uint16_t*>(p) + j, e);
    } else {
      V::store(reinterpret_cast<float*>(p) + j, e);
    }
  }
  return V::reduce_add(sum);
}

template <class V>
void scale_and_add_bias(const AttentionHead& head, int64_t query, float* s) {
  const float* bias = head.bias + query * head.bias_stride;
  const typename V::F scale = V::set1(head.scale);
  for (int32_t j = 0; j < head.num_keys; j += V::kWidth) {
    const int32_t n = head.num_keys - j < V::kWidth ? head.num_keys - j : V::kWidth;
    V::store_n(s + j, V::fma(V::load_n(s + j, n), scale, V::load_n(bias + j, n)), n);
  }
}

template <class V>
void mask_window(const AttentionHead& head, int64_t query, int64_t first, int64_t end, float* s) {
  for (int64_t j = first; j < query - head.window; ++j) s[j] = -__builtin_inff();
  for (int64_t j = query + head.window + 1; j < end; ++j) s[j] = -__builtin_inff();
}

/// out[r, 0..panel) = scale_r * (rows a + r * lda times the panel w), or without scales. Columns from `cols` on are not written.
/// Its own function: GCC keeps the accumulators in registers only where nothing else is going on.
template <class V, class D, int MR, bool kScaled>
[[gnu::noinline]] void product_tile(const char* a, int64_t lda, const char* w, int64_t groups, const float* scales, float* out,
                                    int64_t out_stride, int64_t cols) {
  using F = typename V::F;
  F acc[MR][2];
#pragma GCC unroll 12
  for (int r = 0; r < MR; ++r) acc[r][0] = acc[r][1] = V::zero();
  multiply_tile<V, D, MR>(a, lda, w, groups, acc);
  if constexpr (kScaled) {
#pragma GCC unroll 12
    for (int r = 0; r < MR; ++r) {
      const F scale = V::set1(scales[r]);
      acc[r][0] = V::mul(acc[r][0], scale);
      acc[r][1] = V::mul(acc[r][1], scale);
    }
  }
  if (cols >= 2 * V::kWidth) {
#pragma GCC unroll 12
    for (int r = 0; r < MR; ++r) {
      V::store(out + r * out_stride, acc[r][0]);
      V::store(out + r * out_stride + V::kWidth, acc[r][1]);
    }
    return;
  }
  const auto first = static_cast<int32_t>(cols < V::kWidth ? cols : V::kWidth);
  const auto second = static_cast<int32_t>(cols) - first;
#pragma GCC unroll 12
  for (int r = 0; r < MR; ++r) {
    V::store_n(out + r * out_stride, acc[r][0], first);
    V::store_n(out + r * out_stride + V::kWidth, acc[r][1], second);
  }
}

/// Out of queries [query, query + MR) from the tile's probabilities of the keys [first, end), whole panels.
template <class V, class D, int MR>
void multiply_values(const AttentionHead& head, const AttentionScratch<V, D>& layout, int64_t query, int64_t first, int64_t end,
                     char* scratch, const float* inverse) {
  constexpr int64_t kPanel = 2 * V::kWidth;
  const char* weights = scratch + layout.k_bytes + layout.v_bytes + layout.s_bytes;
  const int64_t groups = ((end < layout.keys_grouped ? end : layout.keys_grouped) - first) / D::kGroup;
  for (int64_t d = 0; d < head.head_dim; d += kPanel) {
    const char* values = scratch + layout.k_bytes + (d * layout.keys_grouped + first * kPanel) * D::kWeightBytes;
    product_tile<V, D, MR, true>(weights, layout.keys_padded * D::kActBytes, values, groups, inverse,
                                 head.out + query * head.out_stride + d, head.out_stride, head.head_dim - d);
  }
}

/// Nothing to add to the raw scores of a tile.
template <class V>
struct NoTerms {
  template <int MR>
  void add_to(float* /*scores*/, int64_t /*stride*/, int64_t /*query*/) const {}
};

/// Queries [query, query + MR) of a head whose keys and values are packed. `terms` adds to the raw scores before scaling.
template <class V, class D, int MR, class Terms>
void attention_tile(const AttentionHead& head, const AttentionScratch<V, D>& layout, int64_t query, char* scratch,
                    const Terms& terms) {
  constexpr int64_t kPanel = 2 * V::kWidth;
  float* scores = reinterpret_cast<float*>(scratch + layout.k_bytes + layout.v_bytes);
  char* weights = scratch + layout.k_bytes + layout.v_bytes + layout.s_bytes;
  const char* queries = static_cast<const char*>(head.q) + query * head.q_stride * D::kActBytes;
  // Whole panels of keys that some query of the tile sees.
  int64_t first = 0;
  int64_t end = layout.keys_padded;
  if (head.window >= 0) {
    if (query > head.window) first = (query - head.window) / kPanel * kPanel;
    const int64_t seen = layout.up(query + MR + head.window, kPanel);
    if (seen < end) end = seen;
  }
  for (int64_t j = first; j < end; j += kPanel) {
    product_tile<V, D, MR, false>(queries, head.q_stride * D::kActBytes, scratch + j * layout.dims_grouped * D::kWeightBytes,
                                  layout.dims_grouped / D::kGroup, nullptr, scores + j, layout.keys_padded, kPanel);
  }
  terms.template add_to<MR>(scores, layout.keys_padded, query);
  const float slope = (head.bias != nullptr ? 1.0F : head.scale) * 1.44269504088896341F;
  float inverse[MR];
  for (int r = 0; r < MR; ++r) {
    float* s = scores + r * layout.keys_padded;
    const int64_t keys = head.num_keys < end ? head.num_keys : end;
    if (head.bias != nullptr) scale_and_add_bias<V>(head, query + r, s);
    if (head.window >= 0) mask_window<V>(head, query + r, first, keys, s);
    char* p = weights + r * layout.keys_padded * D::kActBytes;
    inverse[r] = 1.0F / exponentiate_row<V, D>(s + first, keys - first, end - first, slope, p);
  }
  multiply_values<V, D, MR>(head, layout, query, first, end, scratch, inverse);
}

template <class V, class D, int MR, class Terms>
void attention_tail(const AttentionHead& head, const AttentionScratch<V, D>& layout, int64_t query, char* scratch,
                    const Terms& terms) {
  if constexpr (MR > 0) {
    if (head.num_queries - query == MR) return attention_tile<V, D, MR>(head, layout, query, scratch, terms);
    attention_tail<V, D, MR - 1>(head, layout, query, scratch, terms);
  }
}

template <class V, class D>
void pack_head(const AttentionHead& head, const AttentionScratch<V, D>& layout, char* scratch) {
  pack_keys<V, D>(head, layout, reinterpret_cast<uint32_t*>(scratch));
  if constexpr (D::kActBytes == 2) {
    pack_values<V, D>(head, layout, reinterpret_cast<uint16_t*>(scratch + layout.k_bytes));
  } else {
    pack_values<V, D>(head, layout, reinterpret_cast<float*>(scratch + layout.k_bytes));
  }
}

template <class V, class D, class Terms>
void attention_with(const AttentionHead& head, const Terms& terms) {
  const AttentionScratch<V, D> layout(head.num_keys, head.head_dim);
  char* scratch = static_cast<char*>(head.scratch);
  pack_head<V, D>(head, layout, scratch);
  int64_t query = 0;
  for (; query + V::kMaxRows <= head.num_queries; query += V::kMaxRows) {
    attention_tile<V, D, V::kMaxRows>(head, layout, query, scratch, terms);
  }
  attention_tail<V, D, V::kMaxRows - 1>(head, layout, query, scratch, terms);
}

template <class V, class D>
void attention(const AttentionHead& head) noexcept {
  attention_with<V, D>(head, NoTerms<V>());
}

template <class V>
int64_t attention_scratch(int32_t num_keys, int32_t head_dim) noexcept {
  return AttentionScratch<V, DotF32<V>>(num_keys, head_dim).total();  // the largest: four bytes an element
}

}  // namespace selene::models
