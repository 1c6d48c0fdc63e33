#include "models/kernels/table_body.h"
#include "models/kernels/vec_neon.h"

namespace selene::models {

KernelTable neon_kernels() { return generic_table<VecNeon>("neon"); }

}  // namespace selene::models
