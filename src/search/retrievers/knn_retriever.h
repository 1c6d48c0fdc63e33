#pragma once

#include <memory>

#include "search/retrievers/retriever.h"
#include "search/retrievers/retriever_parser.h"

namespace selene::search {

/// A kNN search as a leaf: at most k documents over all indices. Its filters, and those of the retrievers around it, act before the
/// search.
class KnnRetriever final : public Retriever {
 public:
  static base::Result<std::unique_ptr<Retriever>> parse(const base::JsonDocument& document, base::JsonValue body, int32_t depth);

  std::string_view type() const override { return "knn"; }
  bool is_compound() const override { return false; }
  std::string_view name() const override { return base_.name; }
  base::Status prepare(RetrieveContext&) const override { return {}; }
  base::Result<RankDocs> retrieve(RetrieveContext& context) const override;
  void collect_leaves(const std::vector<base::JsonValue>& pushed_filters,
                      std::vector<SearchBackend::LeafQuery>& leaves) const override;
  std::optional<float> min_score() const override { return base_.min_score; }

 private:
  SearchBackend::LeafQuery leaf(const std::vector<base::JsonValue>& pushed_filters) const;

  RetrieverBase base_;
  base::JsonValue body_;
};

}  // namespace selene::search
