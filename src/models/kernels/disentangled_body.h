#pragma once

#include <cstdint>

#include "models/kernels/attention_body.h"

namespace selene::models {

/// The position terms of DeBERTa's scores. With x = i - j, the distance from key j to query i,
///   score(i, j) += q_i . PK[bucket(x)] + k_j . PQ[bucket(x)].
/// Products of a tile's rows with just the buckets it meets are made once, then read along diagonals: for near distances a bucket
/// is one distance, so a diagonal is contiguous; far ones are gathered.
template <class V, class D>
class PositionTerms {
 public:
  /// `scratch`: `bytes(...)` behind that of the attention.
  PositionTerms(const DisentangledHead& head, char* scratch)
      : head_(head),
        columns_(reinterpret_cast<float*>(scratch)),
        by_key_(columns_ + V::kMaxRows * column_room(head)),
        by_key_stride_(by_key_room(head.head)) {
    if (head.position_queries != nullptr) fill_by_key();
  }

  static int64_t bytes(const DisentangledHead& head) {
    const int64_t keys = AttentionScratch<V, D>::up(head.head.num_keys, 2 * V::kWidth);
    return (V::kMaxRows * column_room(head) + keys * by_key_room(head.head)) * 4;
  }

  template <int MR>
  void add_to(float* scores, int64_t stride, int64_t query) const {
    if (head_.position_keys != nullptr) add_content_to_position<MR>(scores, stride, query);
    if (head_.position_queries != nullptr) add_position_to_content<MR>(scores, stride, query);
  }

 private:
  static constexpr int64_t kPanel = 2 * V::kWidth;
  static int64_t column_room(const DisentangledHead& head) { return (head.num_positions + kPanel - 1) / kPanel * kPanel; }
  static int64_t by_key_room(const AttentionHead& head) {
    return (head.num_queries + V::kWidth - 1) / V::kWidth * V::kWidth + V::kWidth;
  }

  /// columns_[r, c - first] = (row r of a) . (row c of `panels`) for the panels that hold columns [low, high]; returns first.
  template <int MR>
  int64_t multiply(const char* a, int64_t lda, const void* panels, int64_t low, int64_t high) const {
    const int64_t groups = (head_.head.head_dim + D::kGroup - 1) / D::kGroup;
    const int64_t panel_bytes = groups * D::kGroup * D::kWeightBytes * kPanel;
    const int64_t first = low / kPanel * kPanel;
    for (int64_t c = first; c <= high; c += kPanel) {
      product_tile<V, D, MR, false>(a, lda, static_cast<const char*>(panels) + c / kPanel * panel_bytes, groups, nullptr,
                                    columns_ + c - first, column_room(head_), kPanel);
    }
    return first;
  }

  /// out[n] (+)= row[table[x + n] - first] for n in [0, count). table[x] = x + table[0] while |x| <= exact_distance.
  template <bool kAdd>
  void read_diagonal(const float* row, int64_t first, const int32_t* table, int64_t x, int64_t count, float* out) const {
    const int64_t exact = head_.exact_distance;
    int64_t n = 0;
    const auto far_until = [&](int64_t end) {
      for (; n < end; ++n) out[n] = row[table[x + n] - first] + (kAdd ? out[n] : 0.0F);
    };
    const auto limit = [count](int64_t end) { return end < 0 ? 0 : (end > count ? count : end); };
    far_until(limit(-exact - x));
    const int64_t near_end = limit(exact - x + 1);
    const float* near = row + table[0] + x - first;
    for (; n + V::kWidth <= near_end; n += V::kWidth) {
      V::store(out + n, kAdd ? V::add(V::load(near + n), V::load(out + n)) : V::load(near + n));
    }
    for (; n < near_end; ++n) out[n] = near[n] + (kAdd ? out[n] : 0.0F);
    far_until(count);
  }

  template <int MR>
  void add_content_to_position(float* scores, int64_t stride, int64_t query) const {
    const AttentionHead& h = head_.head;
    const char* q = static_cast<const char*>(h.q) + query * h.q_stride * D::kActBytes;
    const int32_t* table = head_.key_columns;  // ascending in j - i
    const int64_t first =
        multiply<MR>(q, h.q_stride * D::kActBytes, head_.position_keys, table[-(query + MR - 1)], table[h.num_keys - 1 - query]);
    for (int r = 0; r < MR; ++r) {
      read_diagonal<true>(columns_ + r * column_room(head_), first, table, -(query + r), h.num_keys, scores + r * stride);
    }
  }

  /// by_key_[j, i] = k_j . PQ[bucket(i - j)].
  template <int MR>
  void fill_tile(int64_t key) {
    const AttentionHead& h = head_.head;
    const char* k = static_cast<const char*>(h.k) + key * h.kv_stride * D::kActBytes;
    const int32_t* table = head_.query_columns;  // ascending in i - j
    const int64_t first =
        multiply<MR>(k, h.kv_stride * D::kActBytes, head_.position_queries, table[-(key + MR - 1)], table[h.num_queries - 1 - key]);
    for (int r = 0; r < MR; ++r) {
      read_diagonal<false>(columns_ + r * column_room(head_), first, table, -(key + r), h.num_queries,
                           by_key_ + (key + r) * by_key_stride_);
    }
  }
  template <int MR>
  void fill_tail(int64_t key) {
    if constexpr (MR > 0) {
      if (head_.head.num_keys - key == MR) return fill_tile<MR>(key);
      fill_tail<MR - 1>(key);
    }
  }
  void fill_by_key() {
    int64_t key = 0;
    for (; key + V::kMaxRows <= head_.head.num_keys; key += V::kMaxRows) fill_tile<V::kMaxRows>(key);
    fill_tail<V::kMaxRows - 1>(key);
  }

  /// Adds columns [query, query + MR) of by_key_ as rows, by transposed squares.
  template <int MR>
  void add_position_to_content(float* scores, int64_t stride, int64_t query) const {
    alignas(64) uint32_t square[V::kWidth * V::kWidth];
    for (int64_t j = 0; j < head_.head.num_keys; j += V::kWidth) {
#pragma GCC unroll 4
      for (int from = 0; from < MR; from += V::kWidth) {
        const float* corner = by_key_ + j * by_key_stride_ + query + from;
        V::transpose_words(reinterpret_cast<const char*>(corner), by_key_stride_ * 4, square, V::kWidth);
        for (int r = from; r < MR && r < from + V::kWidth; ++r) {
          float* s = scores + r * stride + j;
          V::store(s, V::add(V::load(s), V::load(reinterpret_cast<const float*>(square + (r - from) * V::kWidth))));
        }
      }
    }
  }

  const DisentangledHead& head_;
  float* columns_;  // [kMaxRows, column_room]
  float* by_key_;   // [keys, by_key_stride_]
  int64_t by_key_stride_;
};

template <class V, class D>
void attention_disentangled(const DisentangledHead& head) noexcept {
  const AttentionScratch<V, D> layout(head.head.num_keys, head.head.head_dim);
  const PositionTerms<V, D> terms(head, static_cast<char*>(head.head.scratch) + layout.total());
  attention_with<V, D>(head.head, terms);
}

template <class V>
int64_t disentangled_scratch(const DisentangledHead& head) noexcept {
  return AttentionScratch<V, DotF32<V>>(head.head.num_keys, head.head.head_dim).total() + PositionTerms<V, DotF32<V>>::bytes(head);
}

}  // namespace selene::models
