#include "search/retrievers/rrf_retriever.h"

#include "base/format.h"
#include "search/retrievers/compound.h"
#include "search/retrievers/retriever_trace.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::Result;

Result<std::unique_ptr<Retriever>> RrfRetriever::parse(const base::JsonDocument& document, base::JsonValue body, int32_t depth) {
  const RetrieverParser parser{document, "rrf", {"retrievers", "rank_constant", "rank_window_size", "query", "fields"}, depth};
  auto node = std::make_unique<RrfRetriever>();
  for (const base::JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool known, read_fusion_key(parser, member, FusionEntries::kWeighted, node->tree_));
    if (known) continue;
    if (member.key != "rank_constant") return parser.unknown_field(member);
    ASSIGN_OR_RETURN(node->rank_constant_, parser.read_count(member));
    if (node->rank_constant_ < 1) {
      return parser.failed_field(
          member, Error(ErrorCode::kIllegalArgument, "[rank_constant] must be greater or equal to [1] for [rrf], found [{}]",
                        node->rank_constant_));
    }
  }
  return node;
}

base::Status RrfRetriever::resolve(const ResolveContext& context) {
  return resolve_fusion(type(), base::format(R"("rank_constant":{})", rank_constant_), context, tree_);
}

Result<RankDocs> RrfRetriever::retrieve(RetrieveContext& context) const {
  ASSIGN_OR_RETURN(const std::vector<RankDocs> lists,
                   retrieve_children(*this, tree_.retrievers(), context.below(tree_.rank_window_size, tree_.base.filters)));
  std::vector<float> weights;
  for (const FusionChild& child : tree_.children) weights.push_back(child.weight);
  RankDocs fused = combine_rrf(lists, weights, rank_constant_, tree_.rank_window_size);
  apply_min_score(fused, tree_.base.min_score);
  cut_rank_docs(fused, context.rank_window_size);
  return fused;
}

Result<Explanation> RrfRetriever::explain_child(size_t i, const RankDoc* found, const ExplainContext& context) const {
  const std::string label = child_label(tree_, i);
  if (found == nullptr) return Explanation{false, 0, "rrf score: [0], result not found in query " + label, {}};
  const float weight = tree_.children[i].weight;
  const std::string factor = weight == 1 ? "" : java_text(weight) + " * ";
  ASSIGN_OR_RETURN(Explanation source, explain_fusion_child(tree_, i, context, found->address));
  return Explanation{
      true,
      static_cast<float>(found->rank),
      base::format("rrf score: [{}], for rank [{}] in query {} computed as [{}1 / ({} + {})], for matching query with score",
                   java_text(rrf_share(weight, found->rank, rank_constant_)), found->rank, label, factor, found->rank,
                   rank_constant_),
      {std::move(source)}};
}

Result<Explanation> RrfRetriever::explain(const ExplainContext& context, DocAddress doc) const {
  Explanation sum{true, 0, "", {}};
  std::string ranks;
  const std::vector<RankDocs>* const lists = context.trace.children_of(*this);
  for (size_t i = 0; lists != nullptr && i < lists->size(); ++i) {
    const RankDoc* const found = find_doc((*lists)[i], doc);
    if (found != nullptr) sum.value += rrf_share(tree_.children[i].weight, found->rank, rank_constant_);
    ranks += base::format("{}{}", i == 0 ? "" : ", ", found == nullptr ? 0 : found->rank);
    ASSIGN_OR_RETURN(Explanation detail, explain_child(i, found, context));
    sum.details.push_back(std::move(detail));
  }
  sum.description = base::format(
      "rrf score: [{}] computed for initial ranks [{}] with rankConstant: [{}] as sum of [1 / (rank + rankConstant)] for each "
      "query",
      java_text(sum.value), ranks, rank_constant_);
  return sum;
}

}  // namespace selene::search
