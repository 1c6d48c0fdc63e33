#pragma once

#include "search/query/query.h"

namespace selene::search {

/// Documents by id, constant score: {"ids": {"values": ["1", "2"]}}.
class IdsQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;

 private:
  std::vector<std::string> values_;
};

}  // namespace selene::search
