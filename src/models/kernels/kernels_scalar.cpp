#include "models/kernels/table_body.h"
#include "models/kernels/vec_scalar.h"

namespace selene::models {

KernelTable scalar_kernels() { return generic_table<VecScalar>("scalar"); }

}  // namespace selene::models
