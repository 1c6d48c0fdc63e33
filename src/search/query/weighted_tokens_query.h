#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "index/mapping/token_pruning.h"
#include "search/query/query.h"
#include "search/query/sparse_tokens.h"

namespace selene::search {

/// The deprecated spellings of sparse_vector, also for rank_features fields; they prune only with a `pruning_config`:
/// {"weighted_tokens": {"<field>": {"tokens": {token: weight}, "pruning_config"}}} and
/// {"text_expansion": {"<field>": {"model_id", "model_text", "pruning_config"}}}.
class WeightedTokensQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  static base::Result<QueryPtr> parse_text_expansion(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;

 private:
  base::Result<bool> read_shared(base::JsonMember member);

  std::string_view field_;
  std::vector<WeightedToken> tokens_;
  std::string_view model_id_;  ///< empty: `tokens_` are given
  std::string_view model_text_;
  std::optional<index::TokenPruningConfig> pruning_config_;
};

}  // namespace selene::search
