#include "models/kernels/fused_attention_body.h"
#include "models/kernels/table_body.h"
#include "models/kernels/vec_avx512.h"

namespace selene::models {
namespace {

/// The same vectors where the processor rounds to bf16 by itself.
struct VecAvx512Bf16 : VecAvx512 {
  static void store_bf16(uint16_t* p, F x) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(x)));
  }
  /// 16 of low, then 16 of high.
  static I pack_bf16(F low, F high) { return reinterpret_cast<I>(_mm512_cvtne2ps_pbh(high, low)); }
  static void store_i(void* p, I x) { _mm512_storeu_si512(p, x); }
};

struct DotBf16Native {
  using Acc = __m512;
  using Weights = __m512i;
  using Value = __m512i;
  static constexpr int32_t kGroup = 2;
  static constexpr int32_t kActBytes = 2;
  static constexpr int32_t kWeightBytes = 2;
  static constexpr bool kQuantized = false;
  static Weights weights(const char* p) { return VecAvx512::load_i(p); }
  static Value value(const char* p) { return VecAvx512::broadcast_i(p); }
  static Acc dot(Acc acc, Value a, Weights w) {
    asm("vdpbf16ps %2, %1, %0" : "+v"(acc) : "v"(a), "v"(w));  // as for VecAvx512::i8_dot
    return acc;
  }
  /// out[2 d] = a[d], out[2 d + 1] = b[d], for 32 dimensions.
  static void interleave(const uint16_t* a, const uint16_t* b, uint16_t* out) {
    for (int half = 0; half < 2; ++half) {
      const __m512i low = _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(a + 16 * half)));
      const __m512i high = _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(b + 16 * half)));
      _mm512_storeu_si512(out + 32 * half, _mm512_or_si512(low, _mm512_slli_epi32(high, 16)));
    }
  }
};

}  // namespace

KernelTable avx512_kernels() { return generic_table<VecAvx512>("avx512"); }

KernelTable avx512_bf16_kernels() {
  KernelTable table = generic_table<VecAvx512Bf16>("avx512_bf16");
  table.gemm_bf16 = &gemm<VecAvx512Bf16, DotBf16Native>;
  table.attention_type = NumberType::kBf16;
  table.issue_dots = &issue_dots<VecAvx512Bf16, DotBf16Native>;
  table.disentangled_fast = &attention_disentangled<VecAvx512Bf16, DotBf16Native>;
  table.attention_fast = &fused_attention<VecAvx512Bf16, DotBf16Native>;
  return table;
}

}  // namespace selene::models
