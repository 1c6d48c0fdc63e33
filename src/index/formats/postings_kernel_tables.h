#pragma once

#include "index/formats/postings_kernels.h"

namespace selene::index {

// One table an instruction set; postings_kernels.cpp chooses.
extern const PostingsKernels kScalarPostingsKernels;
#if defined(__x86_64__)
extern const PostingsKernels kAvx2PostingsKernels;
extern const PostingsKernels kAvx512PostingsKernels;
#endif

}  // namespace selene::index
