#include "search/rerank/text_similarity.h"

#include <algorithm>
#include <cmath>

namespace selene::search {

float map_rerank_score(float relevance_score) {
  return std::max(relevance_score, 0.0F) + std::min(static_cast<float>(std::exp(static_cast<double>(relevance_score))), 1.0F);
}

void order_rank_docs(RankDocs& docs, int32_t rank_window_size) {
  std::sort(docs.docs.begin(), docs.docs.end(),
            [](const RankDoc& a, const RankDoc& b) { return a.score != b.score ? a.score > b.score : a.address < b.address; });
  if (docs.docs.size() > static_cast<size_t>(rank_window_size)) docs.docs.resize(static_cast<size_t>(rank_window_size));
  int32_t rank = 0;
  for (RankDoc& doc : docs.docs) doc.rank = ++rank;
}

base::Result<RankDocs> rank_by_relevance(std::span<const DocAddress> docs, std::span<const inference::RankedDoc> answers,
                                         std::optional<float> min_score, int32_t rank_window_size) {
  using base::Error;
  using base::ErrorCode;
  if (answers.size() != docs.size()) {
    return Error(ErrorCode::kIllegalState, "Reranker input document count and returned score count mismatch: [{}] vs [{}]",
                 docs.size(), answers.size());
  }
  std::vector<bool> seen(docs.size(), false);
  RankDocs ranked;
  ranked.docs.reserve(docs.size());
  for (const inference::RankedDoc& answer : answers) {
    if (answer.index < 0 || static_cast<size_t>(answer.index) >= docs.size() || seen[static_cast<size_t>(answer.index)]) {
      return Error(ErrorCode::kIllegalState, "Reranker returned the document index [{}], which is {}: [{}] documents were sent",
                   answer.index,
                   answer.index < 0 || static_cast<size_t>(answer.index) >= docs.size() ? "out of range" : "a repetition",
                   docs.size());
    }
    if (std::isnan(answer.relevance_score)) {
      return Error(ErrorCode::kIllegalState, "Reranker returned a score that is not a number for the document index [{}]",
                   answer.index);
    }
    seen[static_cast<size_t>(answer.index)] = true;
    if (min_score && !(answer.relevance_score >= *min_score)) continue;
    ranked.docs.push_back({docs[static_cast<size_t>(answer.index)], map_rerank_score(answer.relevance_score), 0});
  }
  order_rank_docs(ranked, rank_window_size);
  return ranked;
}

RankDocs keep_child_order(RankDocs child) {
  int32_t rank = 0;
  for (RankDoc& doc : child.docs) {
    doc.rank = ++rank;
    if (std::isnan(doc.score)) doc.score = 1.0F / static_cast<float>(doc.rank);
  }
  return child;
}

}  // namespace selene::search
