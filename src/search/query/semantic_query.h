#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "index/mapping/semantic_text.h"
#include "search/query/query.h"
#include "search/query/sparse_tokens.h"

namespace selene::search {

/// {"semantic": {"field", "query"}}: documents of a semantic_text field with a chunk that is near the query, scored by their best.
class SemanticQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;

 private:
  std::string_view field_;
  std::string_view text_;
};

/// What `semantic` and `match` do on a semantic_text field: the text embedded by its search endpoint, the best chunk's score. A
/// field without any embedding matches nothing. Errors: those of the endpoint.
base::Result<WeightPtr> semantic_weight(const BindContext& context, const index::MappedField& field, std::string_view text,
                                        ScoreMode mode, float boost);
/// The chunks themselves, as hidden documents, of a field whose embeddings are token weights.
base::Result<WeightPtr> sparse_chunks_weight(const BindContext& context, const index::SemanticText& semantic, std::string_view text,
                                             float boost);
/// Documents by their best chunk under `tokens`.  REQUIRES: embeddings are token weights.
base::Result<WeightPtr> semantic_tokens_weight(const BindContext& context, const index::SemanticText& semantic,
                                               const std::vector<WeightedToken>& tokens, const index::TokenPruningConfig* pruning,
                                               ScoreMode mode, float boost);

}  // namespace selene::search
