#include "models/kernels/table_body.h"
#include "models/kernels/vec_avx_vnni.h"

namespace selene::models {

KernelTable avx_vnni_kernels() { return generic_table<VecAvxVnni>("avx_vnni"); }

}  // namespace selene::models
