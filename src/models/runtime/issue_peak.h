#pragma once

#include <cstdint>

#include "models/kernels/kernel_table.h"
#include "models/runtime/encoder.h"

namespace selene::models {

/// Operations a second (a multiply-add counts two) that `num_threads` cores issue with the table's multiply instruction for the
/// tier's linear layers, on registers alone: the limit no kernel can pass. Takes about 0.2 s.
double issue_peak_flops(const KernelTable& table, Tier tier, int32_t num_threads);

}  // namespace selene::models
