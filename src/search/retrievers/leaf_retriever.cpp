#include "search/retrievers/leaf_retriever.h"

namespace selene::search {

SearchBackend::LeafQuery LeafRetriever::leaf(const std::vector<base::JsonValue>& pushed_filters) const {
  SearchBackend::LeafQuery leaf = own_query();
  leaf.filters = pushed_filters;
  leaf.filters.insert(leaf.filters.end(), base_.filters.begin(), base_.filters.end());
  leaf.min_score = base_.min_score;
  leaf.name = base_.name;
  return leaf;
}

base::Result<RankDocs> LeafRetriever::retrieve(RetrieveContext& context) const {
  SearchBackend::LeafQuery query = leaf(context.pushed_filters);
  query.size = context.rank_window_size;
  query.track_total_hits_up_to = 0;
  ASSIGN_OR_RETURN(SearchBackend::LeafResult result, context.backend.search(query, context.cancellation));
  return std::move(result.top);
}

void LeafRetriever::collect_leaves(const std::vector<base::JsonValue>& pushed_filters,
                                   std::vector<SearchBackend::LeafQuery>& leaves) const {
  leaves.push_back(leaf(pushed_filters));
}

}  // namespace selene::search
