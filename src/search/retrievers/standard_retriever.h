#pragma once

#include <memory>

#include "search/retrievers/leaf_retriever.h"

namespace selene::search {

/// A plain search as a leaf: `query` (match_all), `filter`, `min_score`, `sort`, `search_after`, `terminate_after`, `collapse`,
/// `_name`. As the whole tree it is the same as a search with those body keys.
class StandardRetriever final : public LeafRetriever {
 public:
  static base::Result<std::unique_ptr<Retriever>> parse(const base::JsonDocument& document, base::JsonValue body, int32_t depth);

  std::string_view type() const override { return "standard"; }
  void validate(RetrieverValidation& validation) const override;

  base::JsonValue query() const { return query_; }
  const std::vector<base::JsonValue>& filters() const { return base_.filters; }
  base::JsonValue sort() const { return sort_; }
  base::JsonValue search_after() const { return search_after_; }
  int32_t terminate_after() const { return terminate_after_; }
  /// `collapse` as it came; missing: none. Below a compound its `field` alone matters.
  base::JsonValue collapse() const { return collapse_; }

 private:
  SearchBackend::LeafQuery own_query() const override;

  base::JsonValue query_;
  base::JsonValue sort_;
  base::JsonValue search_after_;
  int32_t terminate_after_ = 0;
  base::JsonValue collapse_;
};

}  // namespace selene::search
