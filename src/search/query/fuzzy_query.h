#pragma once

#include "search/query/match_options.h"
#include "search/query/query.h"

namespace selene::search {

/// Terms within a few edits of one term: {"fuzzy": {"f": {"value", "fuzziness", "prefix_length", "max_expansions",
/// "transpositions"}}}.
class FuzzyQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;

 private:
  std::string_view field_;
  std::string value_;
  FuzzyOptions options_;
};

}  // namespace selene::search
