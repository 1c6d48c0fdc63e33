#pragma once

#include "search/exec/nested_weight.h"
#include "search/query/query.h"

namespace selene::search {

/// Documents with a nested object that matches: {"nested": {"path", "query", "score_mode", "ignore_unmapped", "inner_hits"}}.
class NestedQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;
  std::vector<const Query*> children() const override { return {query_.get()}; }
  std::optional<InnerHits> inner_hits() const override;

 private:
  std::string_view path_;
  QueryPtr query_;
  NestedScoreMode score_mode_ = NestedScoreMode::kAvg;
  bool ignore_unmapped_ = false;
  base::JsonValue inner_hits_;
};

/// A query bound to the nested objects of `path`: its documents are the hidden ones, not those around them. For inner hits, nested
/// sorts and aggregations.
base::Result<WeightPtr> nested_objects_weight(const BindContext& context, const Query& query, std::string_view path, ScoreMode mode,
                                              float boost);

}  // namespace selene::search
