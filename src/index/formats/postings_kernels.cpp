#include "index/formats/postings_kernels.h"

#include <algorithm>
#include <vector>

#include "index/formats/postings_kernel_tables.h"
#include "simd/isa.h"

namespace selene::index {
namespace {

const PostingsKernels& kernels_for(simd::Isa isa) {
#if defined(__x86_64__)
  if (isa >= simd::Isa::kAvx512) return kAvx512PostingsKernels;
  if (isa >= simd::Isa::kAvx2) return kAvx2PostingsKernels;
#endif
  (void)isa;
  return kScalarPostingsKernels;
}

}  // namespace

const PostingsKernels& postings_kernels() {
  // An instruction set that was asked for in vain is refused at start, before anything is searched.
  static const PostingsKernels& chosen = kernels_for(simd::active_isa().value_or(simd::Isa::kScalar));
  return chosen;
}

std::span<const PostingsKernels* const> supported_postings_kernels() {
  static const std::vector<const PostingsKernels*> supported = [] {
    std::vector<const PostingsKernels*> tables;
    for (const simd::Isa isa : simd::supported_isas()) {
      const PostingsKernels* const table = &kernels_for(isa);
      if (std::find(tables.begin(), tables.end(), table) == tables.end()) tables.push_back(table);
    }
    return tables;
  }();
  return supported;
}

}  // namespace selene::index
