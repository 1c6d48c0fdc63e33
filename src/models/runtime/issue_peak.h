#pragma once

#include <cstdint>

#include "models/kernels/kernel_table.h"

namespace selene::models {

/// Operations a second (a multiply-add counts two) that `num_threads` cores issue with the table's multiply instruction for a
/// number type, on registers alone: the limit no kernel can pass. Takes about 0.2 s.
double issue_peak_flops(const KernelTable& table, NumberType type, int32_t num_threads);

}  // namespace selene::models
