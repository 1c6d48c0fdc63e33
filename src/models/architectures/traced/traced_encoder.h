#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>

#include "base/result.h"
#include "models/kernels/kernel_table.h"
#include "models/runtime/any_encoder.h"

namespace selene::models {

struct TracedEncoderOptions {
  /// Tokens of a row; the table of positions must reach that far.
  int32_t max_sequence_length = 512;
  /// Number of tokens the tokenizer knows; the table of words must have as many rows.
  int64_t vocab_size = 0;
  Tier tier = Tier::kFp32;
  const KernelTable* table = nullptr;  ///< null: the kernels of `active_kernels()`
};

/// The encoder of a frozen TorchScript archive as Eland makes them: a cross-encoder, a sparse encoder (masked language model) or a
/// dense encoder, as the archive's head says. The file stays mapped. In fp32, int8 archives (`--quantize`) keep torch's rule for
/// activations, a range of 7 bits for all of a row's tokens, so that their results are torch's; in the other tiers their weights
/// are handled like those of any model.
/// Errors: kResourceNotFound; kIllegalArgument naming what is damaged or not supported.
base::Result<AnyEncoder> load_traced_encoder(const std::filesystem::path& definition, const TracedEncoderOptions& options);

}  // namespace selene::models
