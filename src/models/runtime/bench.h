#pragma once

#include <cstdint>
#include <filesystem>
#include <ostream>
#include <vector>

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
  std::vector<Tier> tiers = {Tier::kInt8};
  std::vector<int32_t> num_threads = {1};  ///< of one request; each is timed with each tier
  int32_t repetitions = 0;  ///< timed requests after one that warms up; 0: as many as fit in about four seconds, at least 5
  BenchOutput output = BenchOutput::kTable;
};

/// Times whole re-ranking requests (all pairs of the file, from token ids to logits) on the engine alone, and writes the figures to
/// `out`: pairs/s, tokens/s and the share of this processor's limit, which is the seconds that the multiplications alone take at
/// the issue peaks of their number types, measured beside it. With kJson a line for each tier and number of threads:
///   {"load_s": seconds, "times": [seconds, ...], "scores": [logit of each pair], "rss_mb": peak resident MiB, "limit_s": seconds}.
/// Errors: those of loading the model, kParsing and kIllegalArgument for a pairs file that does not fit it.
base::Status run_bench(const BenchOptions& options, std::ostream& out);

}  // namespace selene::models
