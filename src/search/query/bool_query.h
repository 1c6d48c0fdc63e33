#pragma once

#include "search/query/query.h"

namespace selene::search {

/// must, filter, should, must_not: each a query or a list of them; minimum_should_match.
class BoolQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;
  std::vector<const Query*> children() const override;

 private:
  std::vector<QueryPtr> must_;
  std::vector<QueryPtr> filter_;
  std::vector<QueryPtr> should_;
  std::vector<QueryPtr> must_not_;
  std::string minimum_should_match_;
};

}  // namespace selene::search
