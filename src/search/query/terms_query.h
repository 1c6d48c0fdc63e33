#pragma once

#include "search/query/query.h"

namespace selene::search {

/// Any of some exact values, constant score: {"terms": {"f": ["a", "b"]}}.
class TermsQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;

 private:
  std::string_view field_;
  base::JsonValue values_;  ///< an array
};

}  // namespace selene::search
