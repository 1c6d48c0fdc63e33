#pragma once

#include "search/query/query.h"

namespace selene::search {

/// Given documents first, in the order given, then those of `organic`: {"pinned": {"ids": [..] | "docs": [{"_index", "_id"}],
/// "organic": {...}}}.
class PinnedQuery final : public Query {
 public:
  static base::Result<QueryPtr> parse(QueryParser& parser, base::JsonValue body);
  base::Result<WeightPtr> weight(const BindContext& context, ScoreMode mode, float parent_boost) const override;
  std::vector<const Query*> children() const override { return {organic_.get()}; }

 private:
  struct Pin {
    std::string index;  ///< empty: any
    std::string id;
  };
  base::Status read_docs(const QueryParser& parser, base::JsonValue list);

  std::vector<Pin> pins_;
  QueryPtr organic_;
};

}  // namespace selene::search
