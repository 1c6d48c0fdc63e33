#pragma once

#include <optional>
#include <string>

#include "base/json/json_document.h"
#include "base/result.h"

namespace selene::index {

/// `pruning_config`: which tokens of a sparse query are too frequent and too light to be worth scoring. A token is pruned if its
/// frequency is at least `tokens_freq_ratio_threshold` times the mean of the field's tokens and its weight at most
/// `tokens_weight_threshold` times the query's best.
struct TokenPruningConfig {
  float tokens_freq_ratio_threshold = 5;  ///< 1..100
  float tokens_weight_threshold = 0.4F;   ///< 0..1
  bool only_score_pruned_tokens = false;  ///< the others instead: for a second stage
  friend bool operator==(const TokenPruningConfig&, const TokenPruningConfig&) = default;
};

inline constexpr TokenPruningConfig kDefaultTokenPruning;

/// `index_options` of a sparse_vector field: what its queries do where they do not say.
struct SparseIndexOptions {
  std::optional<bool> prune;
  std::optional<TokenPruningConfig> pruning_config;
};

/// Errors: kIllegalArgument (`[tokens_freq_ratio_threshold] must be between [1] and [100], got 0.5`,
/// `[tokens_weight_threshold] must be between 0 and 1`, unknown keys, wrong types).
base::Result<TokenPruningConfig> parse_token_pruning_config(base::JsonValue value);
/// Errors: kMapperParsing (wrong shape, unknown keys, a pruning_config without `prune: true`), caused by those above.
base::Result<SparseIndexOptions> parse_sparse_index_options(base::JsonValue value);
/// As GET _mapping shows them.
std::string render_sparse_index_options(const SparseIndexOptions& options);

}  // namespace selene::index
