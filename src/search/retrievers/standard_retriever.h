#pragma once

#include <memory>

#include "search/retrievers/retriever.h"
#include "search/retrievers/retriever_parser.h"

namespace selene::search {

/// A plain search as a leaf: `query` (match_all), `filter`, `min_score`, `sort`, `search_after`, `terminate_after`, `_name`. As the
/// whole tree it is the same as a search with those body keys.
class StandardRetriever final : public Retriever {
 public:
  static base::Result<std::unique_ptr<Retriever>> parse(const base::JsonDocument& document, base::JsonValue body, int32_t depth);

  std::string_view type() const override { return "standard"; }
  bool is_compound() const override { return false; }
  std::string_view name() const override { return base_.name; }
  void validate(RetrieverValidation& validation) const override;
  base::Status prepare(RetrieveContext&) const override { return {}; }
  base::Result<RankDocs> retrieve(RetrieveContext& context) const override;
  void collect_leaves(const std::vector<base::JsonValue>& pushed_filters,
                      std::vector<SearchBackend::LeafQuery>& leaves) const override;
  std::optional<float> min_score() const override { return base_.min_score; }

  base::JsonValue query() const { return query_; }
  const std::vector<base::JsonValue>& filters() const { return base_.filters; }
  base::JsonValue sort() const { return sort_; }
  base::JsonValue search_after() const { return search_after_; }
  int32_t terminate_after() const { return terminate_after_; }

 private:
  SearchBackend::LeafQuery leaf(const std::vector<base::JsonValue>& pushed_filters) const;

  RetrieverBase base_;
  base::JsonValue query_;
  base::JsonValue sort_;
  base::JsonValue search_after_;
  int32_t terminate_after_ = 0;
};

}  // namespace selene::search
