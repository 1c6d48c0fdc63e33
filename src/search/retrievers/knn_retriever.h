#pragma once

#include <memory>

#include "search/retrievers/leaf_retriever.h"

namespace selene::search {

/// A kNN search as a leaf: at most k documents over all indices. Its filters, and those of the retrievers around it, act before the
/// search.
class KnnRetriever final : public LeafRetriever {
 public:
  static base::Result<std::unique_ptr<Retriever>> parse(const base::JsonDocument& document, base::JsonValue body, int32_t depth);

  std::string_view type() const override { return "knn"; }

 private:
  SearchBackend::LeafQuery own_query() const override;

  base::JsonValue body_;
};

}  // namespace selene::search
