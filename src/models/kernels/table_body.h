#pragma once

#include <string_view>

#include "models/kernels/attention_body.h"
#include "models/kernels/disentangled_body.h"
#include "models/kernels/gemm_body.h"
#include "models/kernels/rows_body.h"

namespace selene::models {

template <class V, class D>
int64_t issue_dots_of(int64_t rounds) {
  constexpr int kChains = 12;
  alignas(64) char zeros[64 * 4] = {};
  auto w = D::weights(zeros);
  auto x = D::value(zeros);
  typename D::Acc acc[kChains] = {};
  for (int64_t i = 0; i < rounds; ++i) {
#pragma GCC unroll 12
    for (int chain = 0; chain < kChains; ++chain) {
      acc[chain] = D::dot(acc[chain], x, w);
      V::keep(acc[chain]);  // the compiler must not merge the chains
    }
  }
  return rounds * kChains * 2 * V::kWidth * D::kGroup;
}

template <class V, class Bf16>
int64_t issue_dots(NumberType type, int64_t rounds) noexcept {
  switch (type) {
    case NumberType::kI8: return issue_dots_of<V, DotI8<V>>(rounds);
    case NumberType::kBf16: return issue_dots_of<V, Bf16>(rounds);
    default: return issue_dots_of<V, DotF32<V>>(rounds);
  }
}

/// The table of vector type V; the CPU file replaces what its processor does better.
template <class V>
KernelTable generic_table(std::string_view isa) {
  KernelTable table{};
  table.isa = isa;
  table.panel = 2 * V::kWidth;
  table.i8_group = V::kI8Group;
  table.i8_act_bytes = V::kI8ActBytes;
  table.i8_zero = V::kI8Zero;
  table.attention_type = NumberType::kF32;
  table.gemm_f32 = &gemm<V, DotF32<V>>;
  table.gemm_bf16 = &gemm<V, DotBf16<V>>;
  table.gemm_i8 = &gemm<V, DotI8<V>>;
  table.quantize_rows = &quantize_rows<V>;
  table.to_bf16_rows = &to_bf16_rows<V>;
  table.layer_norm = &layer_norm<V>;
  table.activate = &activate<V>;
  table.gated_activation = &gated_activation<V>;
  table.rotate_heads = &rotate_heads<V>;
  table.add_row = &add_row<V>;
  table.convert_row = &convert_row<V>;
  table.attention_f32 = &attention<V, DotF32<V>>;
  table.attention_fast = &attention<V, DotF32<V>>;
  table.disentangled_f32 = &attention_disentangled<V, DotF32<V>>;
  table.disentangled_fast = &attention_disentangled<V, DotF32<V>>;
  table.disentangled_scratch = &disentangled_scratch<V>;
  table.attention_scratch = &attention_scratch<V>;
  table.issue_dots = &issue_dots<V, DotBf16<V>>;
  return table;
}

}  // namespace selene::models
