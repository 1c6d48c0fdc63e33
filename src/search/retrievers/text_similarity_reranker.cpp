#include "search/retrievers/text_similarity_reranker.h"

#include "base/format.h"
#include "search/rerank/text_similarity.h"

namespace selene::search {

using base::Error;
using base::ErrorCode;
using base::Result;

Result<std::unique_ptr<Retriever>> TextSimilarityReranker::parse(const base::JsonDocument& document, base::JsonValue body,
                                                                 int32_t depth) {
  const RetrieverParser parser{
      document,
      "text_similarity_reranker",
      {"retriever", "inference_id", "inference_text", "field", "rank_window_size", "allow_rerank_failures", "chunk_rescorer"},
      depth};
  auto node = std::make_unique<TextSimilarityReranker>();
  bool has_text = false;
  for (const base::JsonMember member : body.as_object()) {
    ASSIGN_OR_RETURN(const bool known, parser.read_base(member, node->base_));
    if (known) continue;
    if (member.key == "retriever") {
      ASSIGN_OR_RETURN(node->child_, parser.read_retriever(member));
    } else if (member.key == "inference_id") {
      ASSIGN_OR_RETURN(node->inference_id_, parser.read_text(member));
    } else if (member.key == "inference_text") {
      ASSIGN_OR_RETURN(node->inference_text_, parser.read_text(member));
      has_text = true;
    } else if (member.key == "field") {
      ASSIGN_OR_RETURN(node->field_, parser.read_text(member));
    } else if (member.key == "rank_window_size") {
      ASSIGN_OR_RETURN(node->rank_window_size_, parser.read_count(member));
    } else if (member.key == "allow_rerank_failures") {
      ASSIGN_OR_RETURN(node->allow_rerank_failures_, parser.read_flag(member));
    } else if (member.key == "chunk_rescorer") {
      return parser.failed_field(member,
                                 Error(ErrorCode::kIllegalArgument,
                                       "[chunk_rescorer] is not supported: leave it out to re-rank the whole value of [field]"));
    } else {
      return parser.unknown_field(member);
    }
  }
  RETURN_IF_ERROR(RetrieverParser::check_required(
      {{"retriever", node->child_ != nullptr}, {"inference_text", has_text}, {"field", !node->field_.empty()}}));
  return node;
}

void TextSimilarityReranker::validate(RetrieverValidation& validation) const {
  validate_compound(*this, "rank_window_size", {child_.get()}, validation);
}

base::Status TextSimilarityReranker::prepare(RetrieveContext& context) const {
  ASSIGN_OR_RETURN(const inference::RerankEndpointTraits traits, context.inference.rerank_traits(inference_id_));
  if (traits.configured_top_n && *traits.configured_top_n < rank_window_size_) {
    return Error(ErrorCode::kIllegalArgument,
                 "Inference endpoint [{}] is configured to return the top [{}] results, but rank_window_size is [{}]. Reduce "
                 "rank_window_size to "
                 "be less than or equal to the configured top N value.",
                 inference_id_, *traits.configured_top_n, rank_window_size_);
  }
  return child_->prepare(context);
}

std::vector<base::JsonValue> TextSimilarityReranker::filters_for_child(const std::vector<base::JsonValue>& pushed_filters) const {
  std::vector<base::JsonValue> filters = pushed_filters;
  filters.insert(filters.end(), base_.filters.begin(), base_.filters.end());
  return filters;
}

Result<RankDocs> TextSimilarityReranker::retrieve(RetrieveContext& context) const {
  RetrieveContext below = context.below(rank_window_size_, filters_for_child(context.pushed_filters));
  Result<RankDocs> child = child_->retrieve(below);
  if (!child.has_value()) return compound_failure(type(), {child_->type()}, std::move(child).error());
  Result<RankDocs> ranked = rerank(context, *child);
  if (ranked.has_value()) {
    order_rank_docs(*ranked, context.rank_window_size);
    return ranked;
  }
  if (context.cancellation.cancelled()) return std::move(ranked).error();
  if (allow_rerank_failures_) {
    if (context.warnings != nullptr) {
      context.warnings->push_back(
          base::format("re-ranking with inference endpoint [{}] failed, the hits are in first-stage order: {}", inference_id_,
                       ranked.error().reason()));
    }
    RankDocs kept = keep_child_order(std::move(child).value());
    if (kept.docs.size() > static_cast<size_t>(context.rank_window_size))
      kept.docs.resize(static_cast<size_t>(context.rank_window_size));
    return kept;
  }
  Error failure(ErrorCode::kSearchPhaseExecution, "Computing updated ranks for results failed");
  return compound_failure(type(), {child_->type()},
                          std::move(failure).with("phase", "rank-feature").with_cause(std::move(ranked).error()));
}

Result<RankDocs> TextSimilarityReranker::rerank(RetrieveContext& context, const RankDocs& child) const {
  std::vector<DocAddress> addresses;
  addresses.reserve(child.docs.size());
  for (const RankDoc& doc : child.docs) addresses.push_back(doc.address);
  ASSIGN_OR_RETURN(const std::vector<std::optional<std::string>> texts, context.backend.first_values(field_, addresses));
  inference::RerankRequest request;
  std::vector<DocAddress> sent;
  for (size_t i = 0; i < texts.size(); ++i) {
    if (!texts[i]) continue;
    request.inputs.push_back(*texts[i]);
    sent.push_back(addresses[i]);
  }
  if (sent.empty()) return RankDocs{};
  request.query = inference_text_;
  request.return_documents = false;
  ASSIGN_OR_RETURN(const std::vector<inference::RankedDoc> answers,
                   context.inference.rerank(inference_id_, request, context.cancellation));
  return rank_by_relevance(sent, answers, base_.min_score, rank_window_size_);
}

void TextSimilarityReranker::collect_leaves(const std::vector<base::JsonValue>& pushed_filters,
                                            std::vector<SearchBackend::LeafQuery>& leaves) const {
  child_->collect_leaves(filters_for_child(pushed_filters), leaves);
}

}  // namespace selene::search
