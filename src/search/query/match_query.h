#pragma once

#include "search/query/match_options.h"
#include "search/query/query.h"

namespace selene::search {

/// Text analysed like the field: {"match": {"f": "text"}} or {"f": {"query", "operator", "minimum_should_match", ...}}.
class MatchQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;

 private:
  std::string_view field_;
  base::JsonValue text_;
  MatchOptions options_;
};

}  // namespace selene::search
