#include "search/retrievers/linear_retriever.h"

#include <cmath>
#include <limits>

#include "base/format.h"
#include "search/retrievers/compound.h"
#include "search/retrievers/retriever_trace.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::Result;

Result<std::unique_ptr<Retriever>> LinearRetriever::parse(const base::JsonDocument& document, base::JsonValue body, int32_t depth) {
  const RetrieverParser parser{document, "linear", {"retrievers", "normalizer", "rank_window_size", "query", "fields"}, depth};
  auto node = std::make_unique<LinearRetriever>();
  for (const base::JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool known, read_fusion_key(parser, member, FusionEntries::kNormalized, node->tree_));
    if (known) continue;
    if (member.key != "normalizer") return parser.unknown_field(member);
    ASSIGN_OR_RETURN(node->normalizer_, parser.read_normalizer(member));
  }
  if (node->min_score() && !(*node->min_score() >= 0)) {
    return Error(ErrorCode::kIllegalArgument, "[min_score] must be greater than or equal to 0, was: [{}]",
                 java_text(*node->min_score()));
  }
  RETURN_IF_ERROR(node->check_normalizers());
  return node;
}

base::Status LinearRetriever::check_normalizers() const {
  for (size_t i = 0; normalizer_ && i < tree_.children.size(); ++i) {
    const std::optional<ScoreNormalizer> own = tree_.children[i].normalizer;
    if (!own || *own == *normalizer_) continue;
    return Error(
        ErrorCode::kIllegalArgument,
        "[linear] All per-retriever normalizers must match the top-level normalizer: expected [{}], found [{}] in retriever "
        "[{}]",
        score_normalizer_name(*normalizer_), score_normalizer_name(*own), i);
  }
  return {};
}

void LinearRetriever::validate(RetrieverValidation& validation) const {
  if (tree_.query && !normalizer_)
    validation.problems.emplace_back("[linear] [normalizer] must be provided when [query] is specified");
  validate_fusion(*this, tree_, validation);
}

base::Status LinearRetriever::resolve(const ResolveContext& context) {
  const std::string normalizer = normalizer_ ? base::format(R"("normalizer":"{}")", score_normalizer_name(*normalizer_)) : "";
  return resolve_fusion(type(), normalizer, context, tree_);
}

LinearPart LinearRetriever::part(size_t i) const {
  const FusionChild& child = tree_.children[i];
  return {child.weight, child.normalizer.value_or(normalizer_.value_or(ScoreNormalizer::kNone))};
}

Result<RankDocs> LinearRetriever::retrieve(RetrieveContext& context) const {
  ASSIGN_OR_RETURN(const std::vector<RankDocs> lists,
                   retrieve_children(*this, tree_.retrievers(), context.below(tree_.rank_window_size, tree_.base.filters)));
  std::vector<LinearPart> parts;
  for (size_t i = 0; i < tree_.children.size(); ++i) parts.push_back(part(i));
  RankDocs fused = combine_linear(lists, parts, tree_.rank_window_size);
  apply_min_score(fused, tree_.base.min_score);
  cut_rank_docs(fused, context.rank_window_size);
  return fused;
}

Result<Explanation> LinearRetriever::explain_child(size_t i, float normalized, const ExplainContext& context,
                                                   DocAddress doc) const {
  const std::string label = child_label(tree_, i);
  if (!(normalized > 0)) return Explanation{false, 0, "weighted score: [0], result not found in query " + label, {}};
  const LinearPart linear = part(i);
  const float score = linear.weight * normalized;
  ASSIGN_OR_RETURN(Explanation source, explain_fusion_child(tree_, i, context, doc));
  return Explanation{true,
                     score,
                     base::format("weighted score: [{}] in query {} computed as [{} * {}] using score normalizer [{}] for original "
                                  "matching query with score:",
                                  java_text(score), label, java_text(linear.weight), java_text(normalized),
                                  score_normalizer_name(linear.normalizer)),
                     {std::move(source)}};
}

Result<Explanation> LinearRetriever::explain(const ExplainContext& context, DocAddress doc) const {
  Explanation sum{true, 0, "", {}};
  std::vector<float> scores;
  std::vector<float> weights;
  const std::vector<RankDocs>* const lists = context.trace.children_of(*this);
  for (size_t i = 0; lists != nullptr && i < lists->size(); ++i) {
    const RankDoc* const found = find_doc((*lists)[i], doc);
    const float normalized =
        found == nullptr ? std::numeric_limits<float>::quiet_NaN()
                         : normalized_scores((*lists)[i], part(i).normalizer)[static_cast<size_t>(found - (*lists)[i].docs.data())];
    if (!std::isnan(normalized)) sum.value += part(i).weight * normalized;
    scores.push_back(normalized);
    weights.push_back(part(i).weight);
    ASSIGN_OR_RETURN(Explanation detail, explain_child(i, normalized, context, doc));
    sum.details.push_back(std::move(detail));
  }
  sum.description = base::format(
      "weighted linear combination score: [{}] computed for normalized scores {} and weights {} as sum of (weight[i] * score[i]) "
      "for "
      "each query.",
      java_text(sum.value), java_list(scores), java_list(weights));
  return sum;
}

}  // namespace selene::search
