#include "models/kernels/table_body.h"
#include "models/kernels/vec_neon.h"

namespace selene::models {
namespace {

/// int8 in groups of four k, one dot instruction (FEAT_DotProd).
struct VecNeonDot : VecNeonBytes {
  static constexpr int32_t kMaxRows = 10;  // of 12, int8 accumulators leave their registers
  static constexpr int32_t kI8Group = 4;
  static I i8_weights(const int8_t* p) { return load_i(p); }
  static I i8_activations(const void* p) { return broadcast_i(p); }
  static I i8_dot(I acc, I a, I w) { return vdotq_s32(acc, vreinterpretq_s8_s32(a), vreinterpretq_s8_s32(w)); }
};

}  // namespace

KernelTable neon_dot_kernels() { return generic_table<VecNeonDot>("neon_dot"); }

}  // namespace selene::models
