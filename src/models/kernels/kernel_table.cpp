#include "models/kernels/kernel_table.h"

#include <array>

#include "simd/isa.h"

namespace selene::models {
namespace {

struct Tables {
  std::array<KernelTable, simd::kAllIsas.size()> tables{};
  size_t count = 0;
};

KernelTable make_table(simd::Isa isa) {
#if defined(__x86_64__)
  switch (isa) {
    case simd::Isa::kAvx2: return avx2_kernels();
    case simd::Isa::kAvxVnni: return simd::cpu_features().avx_vnni ? avx_vnni_kernels() : avx_vnni_evex_kernels();
    case simd::Isa::kAvx512: return avx512_kernels();
    case simd::Isa::kAvx512Bf16: return avx512_bf16_kernels();
    default: break;
  }
#elif defined(__aarch64__)
  switch (isa) {
    case simd::Isa::kNeon: return neon_kernels();
    case simd::Isa::kNeonDot: return neon_dot_kernels();
    case simd::Isa::kNeonI8mm: return neon_i8mm_kernels();
    default: break;
  }
#else
  static_cast<void>(isa);
#endif
  return scalar_kernels();
}

Tables make_tables() {
  Tables all;
  for (const simd::Isa isa : simd::supported_isas()) all.tables[all.count++] = make_table(isa);
  return all;
}

}  // namespace

std::span<const KernelTable> supported_kernels() {
  static const Tables all = make_tables();
  return {all.tables.data(), all.count};
}

base::Result<const KernelTable*> active_kernels() {
  ASSIGN_OR_RETURN(const simd::Isa isa, simd::active_isa());
  for (const KernelTable& table : supported_kernels()) {
    if (table.isa == simd::isa_name(isa)) return &table;
  }
  return base::Error(base::ErrorCode::kIllegalState, "no kernels for [{}]", simd::isa_name(isa));
}

}  // namespace selene::models
