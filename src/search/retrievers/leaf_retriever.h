#pragma once

#include "search/retrievers/retriever.h"
#include "search/retrievers/retriever_parser.h"

namespace selene::search {

/// What leaves have in common: a search of their own under their filters and those of the retrievers around them.
class LeafRetriever : public Retriever {
 public:
  bool is_compound() const override { return false; }
  std::string_view name() const override { return base_.name; }
  std::optional<float> min_score() const override { return base_.min_score; }
  base::Status prepare(RetrieveContext&) const override { return {}; }
  base::Result<RankDocs> retrieve(RetrieveContext& context) const override;
  void collect_leaves(const std::vector<base::JsonValue>& pushed_filters,
                      std::vector<SearchBackend::LeafQuery>& leaves) const override;

 protected:
  /// The search without filters, `min_score` and `_name`.
  virtual SearchBackend::LeafQuery own_query() const = 0;

  RetrieverBase base_;

 private:
  SearchBackend::LeafQuery leaf(const std::vector<base::JsonValue>& pushed_filters) const;
};

}  // namespace selene::search
