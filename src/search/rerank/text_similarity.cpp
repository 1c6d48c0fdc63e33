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

base::Result<std::vector<inference::RankedDoc>> in_input_order(size_t num_inputs, std::span<const inference::RankedDoc> answers) {
  using base::Error;
  using base::ErrorCode;
  if (answers.size() != num_inputs) {
    return Error(ErrorCode::kIllegalState, "Reranker input document count and returned score count mismatch: [{}] vs [{}]",
                 num_inputs, answers.size());
  }
  std::vector<bool> seen(num_inputs, false);
  std::vector<inference::RankedDoc> ordered(num_inputs);
  for (const inference::RankedDoc& answer : answers) {
    const bool in_range = answer.index >= 0 && static_cast<size_t>(answer.index) < num_inputs;
    if (!in_range || seen[static_cast<size_t>(answer.index)]) {
      return Error(ErrorCode::kIllegalState, "Reranker returned the document index [{}], which is {}: [{}] documents were sent",
                   answer.index, in_range ? "a repetition" : "out of range", num_inputs);
    }
    if (std::isnan(answer.relevance_score)) {
      return Error(ErrorCode::kIllegalState, "Reranker returned a score that is not a number for the document index [{}]",
                   answer.index);
    }
    seen[static_cast<size_t>(answer.index)] = true;
    ordered[static_cast<size_t>(answer.index)] = answer;
  }
  return ordered;
}

base::Result<RankDocs> rank_by_relevance(std::span<const DocAddress> docs, std::span<const inference::RankedDoc> answers,
                                         std::optional<float> min_score, int32_t rank_window_size) {
  ASSIGN_OR_RETURN(const std::vector<inference::RankedDoc> ordered, in_input_order(docs.size(), answers));
  RankDocs ranked;
  ranked.docs.reserve(docs.size());
  for (size_t i = 0; i < docs.size(); ++i) {
    const float relevance = ordered[i].relevance_score;
    if (min_score && !(relevance >= *min_score)) continue;
    ranked.docs.push_back({docs[i], map_rerank_score(relevance), 0});
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
