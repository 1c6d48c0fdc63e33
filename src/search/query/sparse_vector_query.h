#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "index/mapping/token_pruning.h"
#include "search/query/query.h"
#include "search/query/sparse_tokens.h"

namespace selene::search {

/// {"sparse_vector": {"field", "query_vector": {token: weight} | "inference_id" + "query", "prune", "pruning_config"}}. A document
/// scores the sum over the tokens of query weight x stored weight. Prunes unless the query or the field says otherwise.
class SparseVectorQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;

 private:
  base::Status read_member(const QueryParser& parser, base::JsonMember member);
  base::Status check() const;
  const index::TokenPruningConfig* pruning_of(const index::MappedField& field) const;
  base::Result<WeightPtr> chunks_weight(const BindContext& context, const index::MappedField& field, ScoreMode mode,
                                        float total_boost) const;

  std::string_view field_;
  std::optional<std::vector<WeightedToken>> query_vector_;
  std::string_view inference_id_;
  std::optional<std::string_view> text_;
  std::optional<bool> prune_;
  std::optional<index::TokenPruningConfig> pruning_config_;
};

}  // namespace selene::search
