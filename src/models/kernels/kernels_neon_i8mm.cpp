#include "models/kernels/fused_attention_body.h"
#include "models/kernels/table_body.h"
#include "models/kernels/vec_neon.h"

namespace selene::models {
namespace {

/// int8 in groups of eight k, for the instruction that multiplies two rows by two columns (FEAT_I8MM); bf16 rounded by the
/// processor (FEAT_BF16).
struct VecNeonI8mm : VecNeonBytes {
  static constexpr int32_t kMaxRows = 10;  // 5 x 4 accumulators, 4 weights, pairs of rows that are fetched ahead
  static constexpr int32_t kI8Group = 8;
  static I i8_weights(const int8_t* p) { return load_i(p); }
  static I i8_activations(const void* p) { return load_i(p); }
  static I i8_dot(I acc, I a, I w) { return vmmlaq_s32(acc, vreinterpretq_s8_s32(a), vreinterpretq_s8_s32(w)); }
  static void store_bf16(uint16_t* p, F x) { vst1_u16(p, vreinterpret_u16_bf16(vcvt_bf16_f32(x))); }
  /// 4 of low, then 4 of high.
  static I pack_bf16(F low, F high) { return vreinterpretq_s32_bf16(vcvtq_high_bf16_f32(vcvtq_low_bf16_f32(low), high)); }
};

/// A tile whose accumulators hold two rows of two columns each, as the instruction leaves them.
struct DotI8mm {
  using Acc = int32x4_t;
  static constexpr int32_t kGroup = VecNeonI8mm::kI8Group;
  static constexpr int32_t kActBytes = 1;
  static constexpr int32_t kWeightBytes = 1;
  static constexpr bool kQuantized = true;

  /// multiply_tile of rows in pairs; of an odd number the last one is its own partner, whose sums are dropped.
  template <int MR>
  [[gnu::always_inline]] static inline void multiply(const char* a, int64_t lda, const char* w, int64_t groups, Acc (&acc)[MR][2]) {
    constexpr int kPairs = (MR + 1) / 2;
    const int8_t* rows[2 * kPairs];
#pragma GCC unroll 12
    for (int r = 0; r < 2 * kPairs; ++r) rows[r] = reinterpret_cast<const int8_t*>(a + (r < MR ? r : MR - 1) * lda);
    const auto* columns = reinterpret_cast<const int8_t*>(w);
    Acc sums[kPairs][4];
#pragma GCC unroll 6
    for (int i = 0; i < kPairs; ++i) sums[i][0] = sums[i][1] = sums[i][2] = sums[i][3] = vdupq_n_s32(0);
    for (int64_t g = 0; g < groups; ++g, columns += 64) {
      const int8x16_t weights[4] = {vld1q_s8(columns), vld1q_s8(columns + 16), vld1q_s8(columns + 32), vld1q_s8(columns + 48)};
#pragma GCC unroll 6
      for (int i = 0; i < kPairs; ++i) {
        const int8x16_t pair = vcombine_s8(vld1_s8(rows[2 * i] + g * 8), vld1_s8(rows[2 * i + 1] + g * 8));
#pragma GCC unroll 4
        for (int c = 0; c < 4; ++c) sums[i][c] = vmmlaq_s32(sums[i][c], pair, weights[c]);
      }
    }
#pragma GCC unroll 12
    for (int r = 0; r < MR; ++r) {
#pragma GCC unroll 2
      for (int j = 0; j < 2; ++j) {
        const int64x2_t left = vreinterpretq_s64_s32(sums[r / 2][2 * j]);
        const int64x2_t right = vreinterpretq_s64_s32(sums[r / 2][2 * j + 1]);
        acc[r][j] = vreinterpretq_s32_s64(r % 2 == 0 ? vtrn1q_s64(left, right) : vtrn2q_s64(left, right));
      }
    }
  }
};

struct DotBf16Neon {
  using Acc = float32x4_t;
  using Weights = int32x4_t;
  using Value = int32x4_t;
  static constexpr int32_t kGroup = 2;
  static constexpr int32_t kActBytes = 2;
  static constexpr int32_t kWeightBytes = 2;
  static constexpr bool kQuantized = false;
  static Weights weights(const char* p) { return VecNeon::load_i(p); }
  static Value value(const char* p) { return VecNeon::broadcast_i(p); }
  static Acc dot(Acc acc, Value a, Weights w) { return vbfdotq_f32(acc, vreinterpretq_bf16_s32(a), vreinterpretq_bf16_s32(w)); }
  /// out[2 d] = a[d], out[2 d + 1] = b[d], for 8 dimensions.
  static void interleave(const uint16_t* a, const uint16_t* b, uint16_t* out) {
    const uint16x8_t low = vld1q_u16(a);
    const uint16x8_t high = vld1q_u16(b);
    vst1q_u16(out, vzip1q_u16(low, high));
    vst1q_u16(out + 8, vzip2q_u16(low, high));
  }
};

}  // namespace

KernelTable neon_i8mm_kernels() {
  KernelTable table = generic_table<VecNeonI8mm>("neon_i8mm");
  table.gemm_i8 = &gemm<VecNeonI8mm, DotI8mm>;
  table.gemm_bf16 = &gemm<VecNeonI8mm, DotBf16Neon>;
  table.attention_type = NumberType::kBf16;
  table.issue_dots = &issue_dots<VecNeonI8mm, DotBf16Neon>;
  table.disentangled_fast = &attention_disentangled<VecNeonI8mm, DotBf16Neon>;
  table.attention_fast = &fused_attention<VecNeonI8mm, DotBf16Neon>;
  return table;
}

}  // namespace selene::models
