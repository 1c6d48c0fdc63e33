#pragma once

#include "index/vectors/vector_kernels.h"

namespace selene::index {

// One table an instruction set; vector_kernels.cpp chooses.
extern const VectorKernels kScalarVectorKernels;
#if defined(__x86_64__)
extern const VectorKernels kAvx2VectorKernels;
extern const VectorKernels kAvx512VectorKernels;
#endif

}  // namespace selene::index
