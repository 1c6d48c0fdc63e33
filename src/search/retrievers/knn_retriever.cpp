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

SearchBackend::LeafQuery KnnRetriever::own_query() const {
  SearchBackend::LeafQuery leaf;
  leaf.knn = body_;
  return leaf;
}

}  // namespace selene::search
