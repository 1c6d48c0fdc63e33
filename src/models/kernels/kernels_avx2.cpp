#include "models/kernels/table_body.h"
#include "models/kernels/vec_avx2.h"

namespace selene::models {

KernelTable avx2_kernels() { return generic_table<VecAvx2>("avx2"); }

}  // namespace selene::models
