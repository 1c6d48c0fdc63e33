#pragma once

#include "search/query/query.h"

namespace selene::search {

/// One exact value: {"term": {"f": "v"}} or {"f": {"value", "case_insensitive", "boost", "_name"}}.
class TermQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;

 private:
  std::string_view field_;
  base::JsonValue value_;
  bool case_insensitive_ = false;
};

}  // namespace selene::search
