#pragma once

#include <string>
#include <vector>

#include "base/json/json_document.h"
#include "base/result.h"
#include "index/mapping/token_pruning.h"
#include "search/query/query.h"

namespace selene::search {

/// A token of a sparse query.
struct WeightedToken {
  std::string token;
  float weight = 0;
};

/// {"token": weight, ...}; of a token given twice the last weight holds. `what` names the key in errors (kIllegalArgument).
base::Result<std::vector<WeightedToken>> read_weighted_tokens(base::JsonValue value, std::string_view what);
/// What an endpoint makes of a text. Errors: those of QueryInference::sparse_embedding; kIllegalArgument if there is no inference.
base::Result<std::vector<WeightedToken>> embedded_tokens(const BindContext& context, std::string_view inference_id,
                                                         std::string_view text);

/// Documents of a sparse_vector or rank_features field that hold any of the tokens, scored by the sum of query weight x stored
/// weight x boost. `pruning`: leaves out tokens that it finds too frequent and too light; null: none.
/// Errors: kIllegalArgument `boost must be a positive float, got -1.0`; kTooManyClauses.
base::Result<WeightPtr> sparse_weight(const BindContext& context, const index::MappedField& field,
                                      const std::vector<WeightedToken>& tokens, const index::TokenPruningConfig* pruning,
                                      ScoreMode mode, float boost);

}  // namespace selene::search
