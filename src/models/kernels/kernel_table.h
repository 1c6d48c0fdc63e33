#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"

namespace selene::models {

/// Elementwise functions after a linear layer, by their names in Hugging Face configs.
///   kGelu: x * Phi(x) (error function); kGeluCoarse: the same within 2e-4, for results that are rounded next; kGeluNew: its tanh
///   approximation ("gelu_new", "gelu_pytorch_tanh").
enum class Activation : uint8_t { kNone, kGelu, kGeluCoarse, kGeluNew, kRelu, kTanh, kSilu };

/// Number types of a matrix or a row of activations.
enum class NumberType : uint8_t { kF32, kF16, kBf16, kI8 };

/// Columns of a packed panel are `2 * vector width`; every row buffer's stride is a multiple of this, its tail zero.
inline constexpr int32_t kRowStrideMultiple = 32;

/// C = act(A * W^T + bias) [+ residual], W packed by `pack_*` of ops/packed_matrix.h for the same table.
///   a: [rows, k] in the table's activation format, `lda` bytes between rows; k elements are read, rounded up to the group.
///   w: panels [n / panel][k / group][panel][group], zero-padded; bias: [n rounded up to panel] or null.
///   c: [rows, n rounded up to panel] float32 or bf16, `ldc` elements between rows; bf16 without residual and activation. May not
///   alias a; may alias residual if ldc == ldr.
/// int8 only: a_scales [rows], w_scales [n rounded up], w_offsets [n rounded up] int32: C = (A*W^T + w_offsets) * a_scales *
/// w_scales. A row's values do not depend on the other rows or on its place.
struct Gemm {
  const void* a = nullptr;
  int64_t lda = 0;
  const float* a_scales = nullptr;
  const void* w = nullptr;
  const float* w_scales = nullptr;
  const int32_t* w_offsets = nullptr;
  const float* bias = nullptr;
  const float* residual = nullptr;
  int64_t ldr = 0;
  void* c = nullptr;
  int64_t ldc = 0;
  NumberType c_type = NumberType::kF32;
  Activation activation = Activation::kNone;
  int32_t rows = 0;
  int32_t k = 0;
  int32_t n = 0;
};

/// One head of one row (pair): out = softmax(scale * Q K^T + bias) V.
///   q: [num_queries, head_dim], k, v: [num_keys, head_dim], float32 or bf16 as the function says; strides in elements.
///   bias: [num_queries, num_keys] float32 added after scaling, or null; bias_stride may be negative.
///   window: a query at i sees keys j with |i - j| <= window; negative: all. REQUIRES num_queries == num_keys if it is not
///   negative. out: [num_queries, head_dim] float32. scratch: `attention_scratch(num_keys, head_dim)` bytes, 64-byte aligned.
struct AttentionHead {
  const void* q = nullptr;
  const void* k = nullptr;
  const void* v = nullptr;
  int64_t q_stride = 0;
  int64_t kv_stride = 0;
  int32_t num_queries = 0;
  int32_t num_keys = 0;
  int32_t head_dim = 0;
  int32_t window = -1;
  float scale = 1.0F;
  const float* bias = nullptr;
  int64_t bias_stride = 0;
  float* out = nullptr;
  int64_t out_stride = 0;
  void* scratch = nullptr;
};

/// A head whose scores have terms of relative position besides q . k (DeBERTa; `bias` and `window` of `head` are not looked at):
///   out = softmax(scale * (q_i . k_j + q_i . PK[b] + k_j . PQ[b])) V,  b = bucket(i - j).
///   position_keys: PK, [num_positions, head_dim] packed as a PackedMatrix of the attention's number type, rows in descending order
///   of bucket; position_queries: PQ, ascending. Null: without that term. key_columns[j - i], query_columns[i - j]: the row of PK
///   and of PQ for that distance; both point at distance 0, ascend by steps of 0 or more, and by exactly 1 up to exact_distance on
///   either side. head.scratch: `disentangled_scratch(head)` bytes.
/// Source: He et al., "DeBERTa", 2021; transformers modeling_deberta_v2.py.
struct DisentangledHead {
  AttentionHead head;
  const void* position_keys = nullptr;
  const void* position_queries = nullptr;
  const int32_t* key_columns = nullptr;
  const int32_t* query_columns = nullptr;
  int32_t num_positions = 0;
  int32_t exact_distance = 0;
};

/// The kernels of one instruction set. C-like functions on raw memory: noexcept, no allocation, thread-safe.
/// Vector loads are unaligned; buffers of rows need not be aligned, only scratch.
struct KernelTable {
  std::string_view isa;       ///< as simd::isa_name gives it
  int32_t panel;              ///< columns of a packed panel
  int32_t i8_group;           ///< consecutive k of one column in an int8 panel (bf16: always 2, float32: 1)
  int32_t i8_act_bytes;       ///< bytes of one quantised activation: 1 or 2 (int16)
  int32_t i8_zero;            ///< what a quantised 0 is stored as: 128 in uint8, 0 in int8 and int16
  NumberType attention_type;  ///< what `attention_fast` reads: kBf16 where the processor multiplies it, else kF32

  void (*gemm_f32)(const Gemm& gemm) noexcept;
  void (*gemm_bf16)(const Gemm& gemm) noexcept;
  void (*gemm_i8)(const Gemm& gemm) noexcept;

  /// q[r,c] = round(x[r,c] * 127 / m_r), m_r = max |x[r,:]|, scales[r] = m_r / 127; an all-zero row gets scale 0.
  /// x: [rows, cols], ldx elements; q: ldq bytes; columns up to the next multiple of 4 and of i8_group are written as zero.
  void (*quantize_rows)(const float* x, int64_t ldx, int32_t rows, int32_t cols, void* q, int64_t ldq, float* scales) noexcept;
  /// Rounds to nearest even; columns up to the next multiple of 2 are written as zero. ldx, ldy in elements.
  void (*to_bf16_rows)(const float* x, int64_t ldx, int32_t rows, int32_t cols, uint16_t* y, int64_t ldy) noexcept;
  /// y[r,c] = (x[r,c] - mean_r) / sqrt(var_r + eps) * gamma[c] + beta[c]; beta may be null; x, y: [rows, cols], may alias.
  void (*layer_norm)(const float* x, int64_t ldx, const float* gamma, const float* beta, float* y, int64_t ldy, int32_t rows,
                     int32_t cols, float eps) noexcept;
  /// x[c] = activation(x[c]), in place.
  void (*activate)(float* x, int64_t count, Activation activation) noexcept;
  /// y[r,c] = activation(x[r,c]) * x[r, cols + c]; x: [rows, 2 * cols], y: [rows, cols], columns up to the vector's end written.
  void (*gated_activation)(const float* x, int64_t ldx, int32_t rows, int32_t cols, Activation activation, float* y,
                           int64_t ldy) noexcept;
  /// Rotates each head's halves (a, b) to (a cos - b sin, b cos + a sin), in place; x: [heads, 2 * half], cosine, sine: [half].
  /// Source: Su et al., "RoFormer", 2021, in the halves' order of transformers' rotate_half.
  void (*rotate_heads)(float* x, int32_t heads, int32_t half, const float* cosine, const float* sine) noexcept;
  /// y[c] += x[c], x in float32, fp16 or bf16.
  void (*add_row)(const void* x, NumberType type, float* y, int32_t cols) noexcept;
  /// y[c] = x[c], x in float32, fp16 or bf16.
  void (*convert_row)(const void* x, NumberType type, float* y, int32_t cols) noexcept;

  void (*attention_f32)(const AttentionHead& head) noexcept;
  void (*attention_fast)(const AttentionHead& head) noexcept;
  int64_t (*attention_scratch)(int32_t num_keys, int32_t head_dim) noexcept;
  void (*disentangled_f32)(const DisentangledHead& head) noexcept;
  void (*disentangled_fast)(const DisentangledHead& head) noexcept;
  int64_t (*disentangled_scratch)(const DisentangledHead& head) noexcept;

  /// Issues `rounds` times a dozen independent multiply-adds of the type (float32, bf16, int8) on registers, to measure the
  /// processor's limit. Returns the operations that makes, a multiply-add counting two.
  int64_t (*issue_dots)(NumberType type, int64_t rounds) noexcept;
};

/// The table of `simd::active_isa()`, with its errors. Lives as long as the process.
base::Result<const KernelTable*> active_kernels();
/// Every table this machine can run, scalar first; tests loop over these.
std::span<const KernelTable> supported_kernels();

/// One per CPU file; all but the first REQUIRE a processor that has the set. avx_vnni_kernels is in the VEX encoding of AVX-VNNI,
/// avx_vnni_evex_kernels the same code in that of AVX-512 VL + VNNI.
KernelTable scalar_kernels();
KernelTable avx2_kernels();
KernelTable avx_vnni_kernels();
KernelTable avx_vnni_evex_kernels();
KernelTable avx512_kernels();
KernelTable avx512_bf16_kernels();
KernelTable neon_kernels();
KernelTable neon_dot_kernels();
KernelTable neon_i8mm_kernels();

}  // namespace selene::models
