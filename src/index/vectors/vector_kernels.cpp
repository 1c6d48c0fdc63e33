#include "index/vectors/vector_kernels.h"

#include <algorithm>
#include <vector>

#include "index/vectors/kernel_tables.h"

namespace selene::index {
namespace {

const VectorKernels& kernels_for(simd::Isa isa) {
#if defined(__x86_64__)
  if (isa >= simd::Isa::kAvx512) return kAvx512VectorKernels;
  if (isa >= simd::Isa::kAvx2) return kAvx2VectorKernels;
#endif
  (void)isa;
  return kScalarVectorKernels;
}

}  // namespace

const VectorKernels& vector_kernels() {
  // An instruction set that was asked for in vain is refused at start, before anything is searched.
  static const VectorKernels& chosen = kernels_for(simd::active_isa().value_or(simd::Isa::kScalar));
  return chosen;
}

std::span<const VectorKernels* const> supported_vector_kernels() {
  static const std::vector<const VectorKernels*> supported = [] {
    std::vector<const VectorKernels*> tables;
    for (const simd::Isa isa : simd::supported_isas()) {
      const VectorKernels* const table = &kernels_for(isa);
      if (std::find(tables.begin(), tables.end(), table) == tables.end()) tables.push_back(table);
    }
    return tables;
  }();
  return supported;
}

}  // namespace selene::index
