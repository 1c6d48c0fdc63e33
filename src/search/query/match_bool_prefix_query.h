#pragma once

#include "search/query/match_options.h"
#include "search/query/query.h"

namespace selene::search {

/// The terms of a text, the last one as a prefix: {"match_bool_prefix": {"f": "quick br"}}.
class MatchBoolPrefixQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;

 private:
  std::string_view field_;
  base::JsonValue text_;
  MatchOptions options_;
};

}  // namespace selene::search
