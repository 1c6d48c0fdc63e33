#pragma once

#include "search/query/query.h"
#include "search/query/score_functions.h"

namespace selene::search {

/// A query whose scores are changed by functions: `query`, `functions` (each with `filter`, `weight` and a function) or one
/// function, `score_mode`, `boost_mode`, `max_boost`, `min_score`.
class FunctionScoreQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;
  std::vector<const Query*> children() const override;

 private:
  struct Function {
    QueryPtr filter;
    FunctionDefinitionPtr definition;
    std::optional<float> weight;
  };
  base::Status read_key(QueryParser& parser, base::JsonMember member, Function& single);
  base::Status read_functions(QueryParser& parser, base::JsonValue list);
  static base::Result<bool> read_function_key(QueryParser& parser, base::JsonMember member, Function& function);

  QueryPtr query_;  ///< null: match_all
  std::vector<Function> functions_;
  FunctionScoreWeight::Options options_;
  std::optional<float> min_score_;
};

}  // namespace selene::search
