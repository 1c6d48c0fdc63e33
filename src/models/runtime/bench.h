#pragma once

#include <cstdint>
#include <filesystem>
#include <ostream>

#include "base/result.h"
#include "models/runtime/encoder.h"

namespace selene::models {

/// How results are printed: a table for people, or one JSON line at the end for scripts.
enum class BenchOutput : uint8_t { kTable, kJson };

struct BenchOptions {
  std::filesystem::path folder;  ///< Hugging Face model folder (config.json, model.safetensors)
  /// JSON file {"input_ids": [[...], ...], "token_type_ids": [[...], ...]}: the pairs of one request. Empty: 100 made-up
  /// pairs of mixed lengths, the same ones each time.
  std::filesystem::path pairs_file;
  int32_t num_threads = 1;
  Tier tier = Tier::kInt8;
  int32_t repetitions = 0;  ///< timed requests after one that warms up; 0: as many as fit in about four seconds, at least 5
  BenchOutput output = BenchOutput::kTable;
};

/// Times whole re-ranking requests (all pairs of the file, from token ids to logits) on the engine alone, and writes the figures to
/// `out`: pairs/s, tokens/s, GFLOP/s and their share of this processor's issue peak for the tier, measured beside it. The last line
/// with kJson is {"load_s": seconds, "times": [seconds, ...], "scores": [logit of each pair], "rss_mb": peak resident MiB}.
/// Errors: those of loading the model, kParsing and kIllegalArgument for a pairs file that does not fit it.
base::Status run_bench(const BenchOptions& options, std::ostream& out);

}  // namespace selene::models
