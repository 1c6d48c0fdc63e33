#include "search/retrievers/retriever.h"

namespace selene::search {

base::Result<Explanation> Retriever::explain(const ExplainContext& context, DocAddress doc) const {
  std::vector<SearchBackend::LeafQuery> leaves;
  collect_leaves(context.pushed_filters, leaves);
  if (leaves.size() == 1) return context.backend.explain(leaves.front(), doc);
  Explanation sum{true, 0, "sum of:", {}};
  for (const SearchBackend::LeafQuery& leaf : leaves) {
    ASSIGN_OR_RETURN(Explanation detail, context.backend.explain(leaf, doc));
    sum.value += detail.value;
    sum.details.push_back(std::move(detail));
  }
  return sum;
}

}  // namespace selene::search
