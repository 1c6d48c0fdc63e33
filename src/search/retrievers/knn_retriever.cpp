#include "search/retrievers/knn_retriever.h"

#include <algorithm>

#include "search/query/knn_query.h"

namespace selene::search {

base::Result<std::unique_ptr<Retriever>> KnnRetriever::parse(const base::JsonDocument& document, base::JsonValue body,
                                                             int32_t depth) {
  const RetrieverParser parser{
      document,
      "knn",
      {"field", "k", "num_candidates", "visit_percentage", "query_vector", "query_vector_builder", "similarity", "rescore_vector"},
      depth};
  auto retriever = std::make_unique<KnnRetriever>();
  retriever->body_ = body;
  for (const base::JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool known, parser.read_base(member, retriever->base_));
    if (known || std::ranges::find(parser.keys, member.key) != parser.keys.end()) continue;
    return parser.unknown_field(member);
  }
  QueryParser queries{&document, 0};
  RETURN_IF_ERROR(KnnQuery::parse_retriever(queries, body));
  return retriever;
}

SearchBackend::LeafQuery KnnRetriever::leaf(const std::vector<base::JsonValue>& pushed_filters) const {
  SearchBackend::LeafQuery leaf;
  leaf.knn = body_;
  leaf.filters = pushed_filters;
  leaf.filters.insert(leaf.filters.end(), base_.filters.begin(), base_.filters.end());
  leaf.min_score = base_.min_score;
  leaf.name = base_.name;
  return leaf;
}

base::Result<RankDocs> KnnRetriever::retrieve(RetrieveContext& context) const {
  SearchBackend::LeafQuery query = leaf(context.pushed_filters);
  query.size = context.rank_window_size;
  query.track_total_hits_up_to = 0;
  ASSIGN_OR_RETURN(SearchBackend::LeafResult result, context.backend.search(query, context.cancellation));
  return std::move(result.top);
}

void KnnRetriever::collect_leaves(const std::vector<base::JsonValue>& pushed_filters,
                                  std::vector<SearchBackend::LeafQuery>& leaves) const {
  leaves.push_back(leaf(pushed_filters));
}

}  // namespace selene::search
