#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "models/kernels/kernel_table.h"
#include "models/runtime/cross_encoder.h"

namespace selene::models {

/// The cross-encoder of a Hugging Face folder: config.json says which architecture, model.safetensors (or its shards) holds the
/// weights. `table` null: the kernels of `active_kernels()`. Errors: kResourceNotFound for a missing file; kIllegalArgument naming
/// the file and what is damaged or not supported, with the list of what is.
base::Result<std::unique_ptr<CrossEncoder>> load_cross_encoder(const std::filesystem::path& folder, Tier tier,
                                                               const KernelTable* table = nullptr);

}  // namespace selene::models
