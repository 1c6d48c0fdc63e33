#include "index/mapping/token_pruning.h"

#include "base/json/json_writer.h"
#include "index/mapping/mapping_values.h"

namespace selene::index {

using base::Error;
using base::ErrorCode;
using base::JsonValue;
using base::Result;

Result<TokenPruningConfig> parse_token_pruning_config(JsonValue value) {
  if (!value.is_object()) return Error(ErrorCode::kIllegalArgument, "[pruning_config] must be an object");
  TokenPruningConfig config;
  for (const auto& [key, member] : value.as_object()) {
    if (key == "tokens_freq_ratio_threshold") {
      ASSIGN_OR_RETURN(const double threshold, double_setting(member));
      config.tokens_freq_ratio_threshold = static_cast<float>(threshold);
    } else if (key == "tokens_weight_threshold") {
      ASSIGN_OR_RETURN(const double threshold, double_setting(member));
      config.tokens_weight_threshold = static_cast<float>(threshold);
    } else if (key == "only_score_pruned_tokens") {
      ASSIGN_OR_RETURN(config.only_score_pruned_tokens, boolean_setting(member));
    } else {
      return Error(ErrorCode::kIllegalArgument, "[pruning_config] unknown field [{}]", key);
    }
  }
  // Negated, so that NaN is refused.
  if (!(config.tokens_freq_ratio_threshold >= 1 && config.tokens_freq_ratio_threshold <= 100)) {
    return Error(ErrorCode::kIllegalArgument, "[tokens_freq_ratio_threshold] must be between [1] and [100], got {}",
                 base::format_number(config.tokens_freq_ratio_threshold));
  }
  if (!(config.tokens_weight_threshold >= 0 && config.tokens_weight_threshold <= 1))
    return Error(ErrorCode::kIllegalArgument, "[tokens_weight_threshold] must be between 0 and 1");
  return config;
}

Result<SparseIndexOptions> parse_sparse_index_options(JsonValue value) {
  SparseIndexOptions options;
  if (value.is_null()) return options;
  if (!value.is_object()) return Error(ErrorCode::kMapperParsing, "[index_options] must be an object, got [{}]", java_text(value));
  for (const auto& [key, member] : value.as_object()) {
    if (key == "prune") {
      if (!member.is_bool()) return Error(ErrorCode::kMapperParsing, "[index_options] field [prune] should be true or false");
      options.prune = member.as_bool();
    } else if (key == "pruning_config") {
      auto config = parse_token_pruning_config(member);
      if (!config.has_value()) {
        Error wrapped(ErrorCode::kMapperParsing, "[index_options] field [pruning_config]: {}", config.error().reason());
        return std::move(wrapped).with_cause(std::move(config).error());
      }
      options.pruning_config = *config;
    } else {
      return Error(ErrorCode::kMapperParsing, "[index_options] unknown field [{}]", key);
    }
  }
  if (options.pruning_config && !options.prune.value_or(false))
    return Error(ErrorCode::kMapperParsing, "[index_options] field [pruning_config] should only be set if [prune] is set to true");
  return options;
}

std::string render_sparse_index_options(const SparseIndexOptions& options) {
  base::JsonWriter out;
  out.begin_object();
  if (options.prune) out.field("prune", *options.prune);
  if (options.pruning_config) {
    const TokenPruningConfig& config = *options.pruning_config;
    out.key("pruning_config").begin_object();
    out.field("tokens_freq_ratio_threshold", config.tokens_freq_ratio_threshold);
    out.field("tokens_weight_threshold", config.tokens_weight_threshold);
    if (config.only_score_pruned_tokens) out.field("only_score_pruned_tokens", true);
    out.end_object();
  }
  out.end_object();
  return out.take();
}

}  // namespace selene::index
