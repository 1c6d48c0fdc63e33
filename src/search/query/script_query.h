#pragma once

#include "search/exec/function_score_weight.h"
#include "search/query/query.h"
#include "search/script/script_runner.h"

namespace selene::search {

/// Documents for which a script says true, score `boost`: {"script": {"script": {...}}}.
class ScriptQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;

 private:
  std::shared_ptr<const Script> script_;
};

/// The documents of a query with the score that a script gives them: {"script_score": {"query", "script", "min_score"}}.
class ScriptScoreQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;
  std::vector<const Query*> children() const override { return {query_.get()}; }

 private:
  QueryPtr query_;
  std::shared_ptr<const Script> script_;
  std::optional<float> min_score_;
};

/// A script as a function of function_score. Failures go to the context's runtime_error.
std::unique_ptr<ScoreFunction> script_function(const BindContext& context, std::shared_ptr<const Script> script);

}  // namespace selene::search
