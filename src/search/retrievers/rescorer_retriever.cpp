#include "search/retrievers/rescorer_retriever.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "search/backends/rescore.h"
#include "search/retrievers/compound.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::Result;

Result<std::unique_ptr<Retriever>> RescorerRetriever::parse(const base::JsonDocument& document, base::JsonValue body,
                                                            int32_t depth) {
  const RetrieverParser parser{document, "rescorer", {"retriever", "rescore"}, depth};
  auto node = std::make_unique<RescorerRetriever>();
  for (const base::JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool known, parser.read_base(member, node->base_));
    if (known) continue;
    if (member.key == "retriever") {
      ASSIGN_OR_RETURN(node->child_, parser.read_retriever(member));
    } else if (member.key == "rescore") {
      Result<std::vector<Rescore>> rescores = parse_rescore(&document, member.value);
      if (!rescores.has_value()) return parser.failed_field(member, std::move(rescores).error());
      if (rescores->empty()) return parser.failed_field(member, Error(ErrorCode::kIllegalArgument, "Missing rescore definition"));
      const auto [least, largest] = std::minmax_element(
          rescores->begin(), rescores->end(), [](const Rescore& a, const Rescore& b) { return a.window_size < b.window_size; });
      node->least_window_ = least->window_size;
      node->largest_window_ = largest->window_size;
      node->rescore_ = member.value;
    } else {
      return parser.unknown_field(member);
    }
  }
  RETURN_IF_ERROR(RetrieverParser::check_required({{"retriever", node->child_ != nullptr}, {"rescore", node->rescore_.exists()}}));
  return node;
}

Result<RankDocs> RescorerRetriever::retrieve(RetrieveContext& context) const {
  // A leaf gives enough for the window of every index; a compound what it has.
  const int64_t of_all = int64_t{largest_window_} * std::max(context.backend.num_shards(), 1);
  const int64_t wanted = child_->is_compound() ? largest_window_ : std::min<int64_t>(of_all, std::numeric_limits<int32_t>::max());
  ASSIGN_OR_RETURN(std::vector<RankDocs> lists,
                   retrieve_children(*this, {child_.get()}, context.below(static_cast<int32_t>(wanted), base_.filters)));
  const auto& docs = lists.front().docs;
  if (std::any_of(docs.begin(), docs.end(), [](const RankDoc& doc) { return std::isnan(doc.score); }))
    return Error(ErrorCode::kIllegalArgument, "Cannot use [sort] option in conjunction with [rescore].");
  ASSIGN_OR_RETURN(RankDocs rescored, context.backend.rescore(rescore_, largest_window_, lists.front()));
  cut_rank_docs(rescored, least_window_);
  apply_min_score(rescored, base_.min_score);
  cut_rank_docs(rescored, context.rank_window_size);
  return rescored;
}

void RescorerRetriever::collect_leaves(const std::vector<base::JsonValue>& pushed_filters,
                                       std::vector<SearchBackend::LeafQuery>& leaves) const {
  child_->collect_leaves(joined_filters(pushed_filters, base_.filters), leaves);
}

Result<Explanation> RescorerRetriever::explain(const ExplainContext& context, DocAddress doc) const {
  ASSIGN_OR_RETURN(Explanation first,
                   child_->explain({context.backend, context.trace, joined_filters(context.pushed_filters, base_.filters)}, doc));
  return context.backend.explain_rescore(rescore_, std::move(first), doc);
}

}  // namespace selene::search
